package dev.anabranch.faults.site;

import dev.anabranch.local.Launch;
import dev.anabranch.local.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Runs of the batch layer, one after the other, each a process of its own. */
public final class BatchRuns implements AutoCloseable {
    private final Site site;
    private final String useCase;
    private final Duration pause;
    private final boolean viewsOnly;
    private final Semaphore hurry = new Semaphore(0);
    private final ReentrantLock running = new ReentrantLock(true);
    private final Thread thread = new Thread(this::loop, "batch-runs");
    private volatile boolean stopped;
    private volatile long begun;
    private volatile long lastSuccess;
    private volatile long succeeded;
    private volatile long failed;
    private volatile String lastFailure = "none has failed";

    /**
     * @param pause     from the end of one run to the start of the next, unless it is hurried
     * @param viewsOnly whether nothing is trained
     */
    public BatchRuns(Site site, String useCase, Duration pause, boolean viewsOnly) {
        this.viewsOnly = viewsOnly;
        this.site = site;
        this.useCase = useCase;
        this.pause = pause;
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    private void loop() {
        try {
            while (!stopped) {
                run(List.of());
                hurry.drainPermits();
                hurry.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Problem e) {
            if (!stopped) {
                lastFailure = e.getMessage();
            }
        }
    }

    /**
     * Runs once, when no other run of this site is under way, and waits for its end.
     *
     * @param more arguments beside those of a usual run
     * @return whether it succeeded
     */
    public boolean run(List<String> more) throws InterruptedException {
        running.lockInterruptibly();
        try {
            long number = ++begun;
            List<String> arguments = new ArrayList<>(List.of("run", useCase));
            if (viewsOnly) {
                arguments.add("--views-only");
            }
            arguments.addAll(more);
            Process process = site.platform().runToEnd(site.batch(arguments, List.of()), Site.BATCH);
            if (process.exitValue() == 0) {
                lastSuccess = number;
                succeeded++;
                return true;
            }
            failed++;
            lastFailure = "run " + number + " ended with exit code " + process.exitValue() + "\n"
                    + Launch.tail(site.home().log(Site.BATCH));
            return false;
        } finally {
            running.unlock();
        }
    }

    /** Keeps runs from beginning until it is given back; waits for the end of one that is under way. */
    public AutoCloseable hold() throws InterruptedException {
        running.lockInterruptibly();
        return running::unlock;
    }

    /** The next run need not wait. */
    public void hurry() {
        hurry.release();
    }

    /** The log of the run that is under way, so far; empty when there is none. */
    public String log() {
        Path log = site.home().log(Site.BATCH);
        if (site.processes().running(Site.BATCH).isEmpty()) {
            return "";
        }
        try {
            return Files.readString(log, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + log, e);
        }
    }

    /** Whether the run that is under way has made a generation that is not published yet. */
    public boolean publishing() {
        String log = log();
        return log.contains(" advance ") && !log.contains("training set") && !log.contains("done in");
    }

    /** Whether runs train models. */
    public boolean train() {
        return !viewsOnly;
    }

    /** How many runs have begun. */
    public long begun() {
        return begun;
    }

    /** The number of the last run that succeeded, counting from 1; 0 when none has. */
    public long lastSuccess() {
        return lastSuccess;
    }

    public long succeeded() {
        return succeeded;
    }

    /** Runs that were killed, or failed of what was done to them. */
    public long failed() {
        return failed;
    }

    /** How the last run that failed did so. */
    public String lastFailure() {
        return lastFailure;
    }

    /** No further runs; one that is under way is waited for. */
    @Override
    public void close() {
        stopped = true;
        hurry.release();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
