package dev.anabranch.local;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which platform a command is about. */
public final class HomeOptions {
    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "where the platform keeps everything (default: .anabranch in the repository)")
    private Path directory;

    @Option(names = "--verbose", description = "write the stack trace of an error to DIR/logs/anabranch.log")
    private boolean verbose;

    Home home() {
        return new Home(directory == null ? Distribution.ofThisCommand().root().resolve(".anabranch") : directory);
    }

    boolean verbose() {
        return verbose;
    }
}
