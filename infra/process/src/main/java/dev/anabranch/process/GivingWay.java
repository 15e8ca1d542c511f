package dev.anabranch.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commands of processes that give way to others on the same machine: work that can wait beside work that is waited for. */
public final class GivingWay {
    private static final Path NICE = Path.of("/usr/bin/nice");
    /** A third of the weight of others where all cores are wanted, and all there is where none are. */
    private static final String STEPS = "5";

    private GivingWay() {}

    /** The command with a lower priority, by POSIX nice(1); as it is where there is none. The process stays one. */
    public static List<String> command(List<String> command) {
        if (!Files.isExecutable(NICE)) {
            return command;
        }
        List<String> nice = new ArrayList<>(List.of(NICE.toString(), "-n", STEPS));
        nice.addAll(command);
        return nice;
    }
}
