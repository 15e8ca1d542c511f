package dev.anabranch.simulator;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * Shows how far a run has come: one line that is drawn again and again when a person watches, else a line every ten
 * seconds, as logs want it.
 */
public final class Progress {
    private static final Duration REDRAW = Duration.ofMillis(200);
    private static final Duration LINE = Duration.ofSeconds(10);
    private static final int BAR = 24;

    private final PrintStream out;
    private final boolean watched;
    private final String what;
    private final long intervalNanos;
    private long startNanos;
    private long shownNanos;
    private long shownAcknowledged;
    private boolean started;
    private int lineLength;

    /** @param what is being done, in a word: the line begins with it */
    public Progress(PrintStream out, boolean watched, String what) {
        this.out = out;
        this.watched = watched;
        this.what = what;
        this.intervalNanos = (watched ? REDRAW : LINE).toNanos();
    }

    /** Redraws when the process has a terminal. */
    public static Progress on(PrintStream out, String what) {
        return new Progress(out, hasTerminal(), what);
    }

    /**
     * Shows the state if the last time was long enough ago.
     *
     * @param nanos       now
     * @param done        from 0 to 1, or NaN when the end is not known
     * @param eventMillis the event time reached
     */
    void update(long nanos, long sent, long acknowledged, double done, long eventMillis) {
        if (!started) {
            started = true;
            startNanos = nanos;
            shownNanos = nanos;
        } else if (nanos - shownNanos >= intervalNanos) {
            show(line(nanos - shownNanos, acknowledged - shownAcknowledged, sent, acknowledged, done, eventMillis));
            shownNanos = nanos;
            shownAcknowledged = acknowledged;
        }
    }

    /** Shows the final state, with the mean rate of the whole run. */
    void end(long nanos, long sent, long acknowledged, double done, long eventMillis) {
        if (started) {
            show(line(nanos - startNanos, acknowledged, sent, acknowledged, done, eventMillis));
            if (watched) {
                out.println();
            }
        }
    }

    private String line(long nanos, long events, long sent, long acknowledged, double done, long eventMillis) {
        StringBuilder line = new StringBuilder(what);
        if (!Double.isNaN(done)) {
            double share = Math.max(0, Math.min(1, done));
            if (watched) {
                int filled = (int) Math.round(share * BAR);
                line.append(" [")
                        .append("#".repeat(filled))
                        .append("-".repeat(BAR - filled))
                        .append(']');
            }
            line.append(String.format(Locale.ROOT, " %d %%", (int) (share * 100)));
        }
        double perSecond = events * 1e9 / Math.max(1, nanos);
        line.append(String.format(
                Locale.ROOT,
                "  %,d sent  %,d acknowledged  %,.0f events/s  %s",
                sent,
                acknowledged,
                perSecond,
                Instant.ofEpochMilli(eventMillis).truncatedTo(ChronoUnit.SECONDS)));
        return line.toString();
    }

    private void show(String line) {
        if (watched) {
            out.print("\r" + line + " ".repeat(Math.max(0, lineLength - line.length())));
            out.flush();
            lineLength = line.length();
        } else {
            out.println(line);
        }
    }

    /** Whether a person watches what this process prints. From JDK 22 on there may be a console without a terminal, and a method that tells; JDK 17 knows neither. */
    public static boolean hasTerminal() {
        Console console = System.console();
        if (console == null || "dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Console.isTerminal could not be asked", e);
        }
    }
}
