package dev.anabranch.local.check;

import dev.anabranch.local.Problem;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;

/** Waits until something has come about, and tells how long that took. */
public final class Waiting {
    private static final Duration TELL = Duration.ofSeconds(10);
    private static final Duration ASK = Duration.ofMillis(250);

    private final PrintStream out;
    private final Duration patience;
    private final String hint;

    /** How much is left to wait for. */
    public interface Remaining {
        long count() throws IOException, InterruptedException;
    }

    /** @param hint what may be the reason when it takes longer than {@code patience} */
    public Waiting(PrintStream out, Duration patience, String hint) {
        this.out = out;
        this.patience = patience;
        this.hint = hint;
    }

    public void until(String what, Remaining remaining) throws InterruptedException {
        until(what, remaining, patience);
    }

    /** @throws Problem when there is something left after {@code most}, or it cannot be asked for */
    public void until(String what, Remaining remaining, Duration most) throws InterruptedException {
        Duration took = measure(what, remaining, most, ASK);
        out.printf("  %s: %.1f s%n", what, took.toNanos() / 1e9);
    }

    /**
     * The same, and tells nothing when it has come about soon.
     *
     * @param every how often it is asked
     * @return how long it took
     * @throws Problem when there is something left after the patience, or it cannot be asked for
     */
    public Duration measure(String what, Remaining remaining, Duration every) throws InterruptedException {
        return measure(what, remaining, patience, every);
    }

    private Duration measure(String what, Remaining remaining, Duration most, Duration every)
            throws InterruptedException {
        long start = System.nanoTime();
        long told = start;
        while (true) {
            long left;
            try {
                left = remaining.count();
            } catch (IOException | Api.FailedException e) {
                throw new Problem("Waiting until " + what + " failed: " + e.getMessage(), e);
            }
            if (left <= 0) {
                return Duration.ofNanos(System.nanoTime() - start);
            }
            if (System.nanoTime() - start > most.toNanos()) {
                throw new Problem("Gave up waiting after " + most.toSeconds() + " s until " + what + "; " + left
                        + " left. " + hint);
            }
            if (System.nanoTime() - told > TELL.toNanos()) {
                told = System.nanoTime();
                out.printf("  waiting until %s: %,d left%n", what, left);
            }
            Thread.sleep(every.toMillis());
        }
    }
}
