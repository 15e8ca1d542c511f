package dev.anabranch.batch;

import dev.anabranch.lakehouse.RunHistory;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A run for whoever watches it in a terminal: a line for each stage that is done, and below them one that is drawn again and
 * again, with a bar. How far a run is, it takes from what the stages of the last one took; a stage that one did not have
 * counts as it goes.
 */
final class RunProgress implements BatchRun.Watcher, AutoCloseable {
    private static final Duration REDRAW = Duration.ofMillis(500);
    private static final int BAR = 24;

    private final PrintStream out;
    private final Clock clock;
    private final Map<String, Long> lastTime = new HashMap<>();
    private final ScheduledExecutorService redrawing;
    private long expected;
    private long done;
    private String current;
    private long begun;
    private int drawn;

    /** @param last the stages of the last run that did all it was to do; none when there is none */
    RunProgress(PrintStream out, Clock clock, List<RunHistory.Stage> last) {
        this.out = out;
        this.clock = clock;
        last.forEach(stage -> {
            lastTime.merge(stage.name(), stage.tookMillis(), Long::sum);
            expected += stage.tookMillis();
        });
        redrawing = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "run-progress");
            thread.setDaemon(true);
            return thread;
        });
        redrawing.scheduleAtFixedRate(this::redraw, REDRAW.toMillis(), REDRAW.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void begins(String name) {
        current = name;
        begun = clock.millis();
        redraw();
    }

    @Override
    public synchronized void done(BatchRun.Stage stage) {
        Long before = lastTime.remove(stage.name());
        done += before == null ? stage.tookMillis() : before;
        expected += before == null ? stage.tookMillis() : 0;
        current = null;
        clear();
        out.println(stage.told());
        out.flush();
    }

    private synchronized void redraw() {
        if (current != null) {
            String line = line();
            out.print("\r" + line + " ".repeat(Math.max(0, drawn - line.length())));
            out.flush();
            drawn = line.length();
        }
    }

    /** The line that is drawn. */
    synchronized String line() {
        long took = clock.millis() - begun;
        Long before = lastTime.get(current);
        long counted = before == null ? took : Math.min(took, before);
        long all = expected + (before == null ? took : 0);
        double share = all == 0 ? 0 : Math.min(1, (double) (done + counted) / all);
        int filled = (int) (share * BAR);
        return String.format(
                Locale.ROOT,
                "[%s%s] %3.0f %%  %s  %d s%s",
                "=".repeat(filled),
                " ".repeat(BAR - filled),
                Math.floor(share * 100),
                current,
                took / 1_000,
                before == null ? "" : " (" + before / 1_000 + " s last time)");
    }

    private void clear() {
        if (drawn > 0) {
            out.print("\r" + " ".repeat(drawn) + "\r");
            drawn = 0;
        }
    }

    /** Takes the line away. */
    @Override
    public synchronized void close() {
        redrawing.shutdownNow();
        current = null;
        clear();
        out.flush();
    }
}
