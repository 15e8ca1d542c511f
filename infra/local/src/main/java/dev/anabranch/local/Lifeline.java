package dev.anabranch.local;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Stops a platform whose launcher was killed before it could.
 *
 * <p>A shell waits at the end of a pipe. As long as the launcher lives, nothing comes. When the launcher has stopped
 * everything, it says so and the shell goes away. When the launcher dies, however it dies, the pipe breaks, and the shell
 * runs {@code anabranch down} in its place.
 */
final class Lifeline implements AutoCloseable {
    private static final String SHELL = "/bin/sh";
    private static final String WAIT = "trap '' INT HUP; read -r word; [ \"$word\" = stopped ] || exec \"$@\"";

    private final Process shell;

    private Lifeline(Process shell) {
        this.shell = shell;
    }

    /** @param home whose processes it stops */
    static Lifeline of(Home home) {
        if (!Files.isExecutable(Path.of(SHELL))) {
            return new Lifeline(null);
        }
        List<String> command = new ArrayList<>(List.of(SHELL, "-c", WAIT, "lifeline"));
        command.addAll(List.of(
                Distribution.java(),
                "-XX:+UseSerialGC",
                "-Danabranch.root=" + System.getProperty("anabranch.root", ""),
                "-cp",
                Distribution.ownClassPath(),
                Main.class.getName(),
                "down",
                "--dir",
                home.directory().toString()));
        try {
            return new Lifeline(new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.to(home.log("lifeline").toFile()))
                    .start());
        } catch (IOException e) {
            throw new Problem("Cannot start " + SHELL + ": " + e.getMessage(), e);
        }
    }

    /** Everything is stopped: it is not needed any more. */
    @Override
    public void close() {
        if (shell == null) {
            return;
        }
        try (OutputStream pipe = shell.getOutputStream()) {
            pipe.write("stopped\n".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The shell has gone already: it has nothing left to do either.
            return;
        }
        shell.onExit().join();
    }
}
