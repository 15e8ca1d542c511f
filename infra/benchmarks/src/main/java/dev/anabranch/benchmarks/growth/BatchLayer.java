package dev.anabranch.benchmarks.growth;

import dev.anabranch.batch.BatchSession;
import dev.anabranch.batch.PlatformConfig;
import dev.anabranch.benchmarks.Contender;
import dev.anabranch.process.Settings;
import java.util.HashMap;
import java.util.Map;

/**
 * The batch layer as a process that does one view's part of a run again and again. That it is warm makes small differences
 * visible: a run that begins with the JVM spends ten seconds of CPU before it does anything.
 *
 * <p>Pieces are {@code advance <history> <new>}, {@code recompute <history> <new>} and {@code nothing <history> <new>}; the
 * archive that one needs is made when it is first asked for.
 */
public final class BatchLayer implements Contender.OfMany {
    private final BatchSession session = BatchSession.start(Settings.read(PlatformConfig.class), "growth");
    private final Map<String, SizedView> views = new HashMap<>();

    public BatchLayer(String... arguments) {}

    @Override
    public Contender.Work round(String piece) throws Exception {
        String[] words = piece.split(" ");
        int history = Integer.parseInt(words[1]);
        int fresh = Integer.parseInt(words[2]);
        int runs = words.length == 3 ? 1 : Integer.parseInt(words[3]);
        String name = "growth-" + history + "-" + fresh + "-" + runs;
        SizedView view = views.get(name);
        if (view == null) {
            view = new SizedView(session, name, history, runs, fresh);
            views.put(name, view);
        }
        return switch (words[0]) {
            case "advance" -> view.advance();
            case "recompute" -> view.recompute();
            case "nothing" -> view.nothing();
            default ->
                throw new IllegalArgumentException(
                        "A piece of work must be to advance, recompute or nothing, got '" + piece + "'");
        };
    }

    @Override
    public void close() {
        session.close();
    }
}
