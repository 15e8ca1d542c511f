package dev.anabranch.local;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;

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

    /**
     * Does work that needs all of the platform.
     *
     * @throws Problem when one of its processes ends by itself; the work is interrupted as soon as it does
     */
    <T> T whileAllRun(Callable<T> work) throws Exception {
        Watch watch = new Watch(Thread.currentThread());
        Thread watching = new Thread(() -> platform.firstToEnd(watch::isOver).ifPresent(watch::tell), "watch-platform");
        watching.setDaemon(true);
        watching.start();
        T result;
        try {
            result = work.call();
        } catch (Exception e) {
            watch.end().ifPresent(ended -> {
                throw new Problem(ended, e);
            });
            throw e;
        }
        watch.end().ifPresent(ended -> {
            throw new Problem(ended);
        });
        return result;
    }

    /** Between whoever works and whoever watches meanwhile. */
    private static final class Watch {
        private final Thread worker;
        private boolean over;
        private String ended;

        Watch(Thread worker) {
            this.worker = worker;
        }

        synchronized boolean isOver() {
            return over;
        }

        synchronized void tell(String what) {
            if (!over) {
                ended = what;
                worker.interrupt();
            }
        }

        /** The work is done, or has failed; how a process ended meanwhile. The interruption was meant for the work alone. */
        synchronized Optional<String> end() {
            over = true;
            if (ended != null) {
                Thread.interrupted();
            }
            return Optional.ofNullable(ended);
        }
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
