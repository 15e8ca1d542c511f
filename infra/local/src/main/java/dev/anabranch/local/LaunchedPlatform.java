package dev.anabranch.local;

import java.io.PrintWriter;

/**
 * A platform this command has started and stops again: when told to, when the command fails, on Ctrl-C, when the
 * terminal is closed, and, by its lifeline, when the command is killed.
 */
public final class LaunchedPlatform implements AutoCloseable {
    private final Home home;
    private final Platform platform;
    private final Ownership ownership;
    private final PrintWriter out;
    private final Thread onExit = new Thread(this::close, "stop-platform");
    private Lifeline lifeline;
    private boolean closed;

    public LaunchedPlatform(Home home, Platform platform, Ownership ownership, PrintWriter out) {
        this.home = home;
        this.platform = platform;
        this.ownership = ownership;
        this.out = out;
    }

    /** Starts it and waits until it is ready; from here on it ends with this command. */
    public void start() {
        home.create();
        lifeline = Lifeline.of(home);
        Runtime.getRuntime().addShutdownHook(onExit);
        platform.start();
    }

    /** From here on it runs without this command. */
    void letGo() {
        Runtime.getRuntime().removeShutdownHook(onExit);
        lifeline.close();
        ownership.close();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        long start = System.nanoTime();
        out.println();
        out.println("Stopping");
        out.flush();
        int stopped = platform.stopStarted();
        out.printf("Stopped %d processes in %.1f s.%n", stopped, (System.nanoTime() - start) / 1e9);
        out.flush();
        lifeline.close();
        ownership.close();
    }
}
