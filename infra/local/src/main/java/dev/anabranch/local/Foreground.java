package dev.anabranch.local;

import java.io.IOException;
import java.util.List;

/** Runs a process that ends by itself, on this terminal. */
final class Foreground {
    private Foreground() {}

    /** @return its exit code; when this command is stopped, so is the process */
    static int run(List<String> command) {
        Process process;
        try {
            ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
            builder.environment().putIfAbsent(Launch.SPARK_ADDRESS, Ports.HOST);
            process = builder.start();
        } catch (IOException e) {
            throw new Problem("Cannot start " + String.join(" ", command) + ": " + e.getMessage(), e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            process.destroy();
            process.onExit().join();
        }));
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem("Interrupted", e);
        }
    }
}
