package dev.anabranch.explain;

import dev.anabranch.lakehouse.Lakehouse;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Makes a sample of a use case's predictions again: a hundred in one reading of the archive, and a few before that each by
 * itself, as it is when somebody asks about one.
 */
public final class Recheck {
    private static final int MOST_TOLD = 5;
    private static final int AT_ONCE = 100;
    private static final int ALONE = 20;

    private final Lakehouse lakehouse;
    private final Clock clock;

    public Recheck(Lakehouse lakehouse, Clock clock) {
        this.lakehouse = lakehouse;
        this.clock = clock;
    }

    /**
     * What came out.
     *
     * @param archived     how many predictions there are to draw from
     * @param seed         drew them
     * @param checked      how many were made again
     * @param ahead        how many were not, for the archive does not hold all that they were made of
     * @param unrecorded   how many were not, for a release before did not write down what they were made of
     * @param identical    how many came out to the bit
     * @param different    how many did not
     * @param sayInexact   how many of those that did not had said that they were not exact
     * @param paths        how many were made where
     * @param versions     how many were made by which version of the model
     * @param generations  how many were read from which generation of a view
     * @param alone        how many of them were made again each by itself as well
     * @param medianMillis how long one of those took, from its name to its explanation
     * @param maxMillis    how long the longest of those took
     * @param totalMillis  how long all took, a hundred at once
     * @param differing    the first few that did not come out
     */
    public record Result(
            String useCase,
            long archived,
            long seed,
            int checked,
            int ahead,
            int unrecorded,
            int identical,
            int different,
            int sayInexact,
            Map<String, Integer> paths,
            Map<String, Integer> versions,
            Map<String, Integer> generations,
            int alone,
            double medianMillis,
            double maxMillis,
            double totalMillis,
            List<Differing> differing) {}

    /** One that did not come out. */
    public record Differing(String predictionId, List<String> differences) {}

    /**
     * @param watcher is told how many are done, now and then
     */
    public Result of(String useCase, int count, long seed, LongConsumer watcher) {
        int checked = 0;
        int ahead = 0;
        int unrecorded = 0;
        int identical = 0;
        int sayInexact = 0;
        Map<String, Integer> paths = new TreeMap<>();
        Map<String, Integer> versions = new TreeMap<>();
        Map<String, Integer> generations = new TreeMap<>();
        List<Differing> differing = new ArrayList<>();
        List<String> sample;
        long archived;
        double[] millis;
        double totalMillis;
        try (Explainer explainer = new Explainer(lakehouse)) {
            sample = explainer.sample(useCase, count, seed);
            archived = explainer.count(useCase);
            millis = alone(explainer, sample.subList(0, Math.min(ALONE, sample.size())));
            long started = System.nanoTime();
            for (int from = 0; from < sample.size(); from += AT_ONCE) {
                List<String> names = sample.subList(from, Math.min(from + AT_ONCE, sample.size()));
                Explainer.Several several = explainer.explain(useCase, names, MOST_TOLD);
                ahead += several.ahead();
                unrecorded += several.unrecorded();
                for (Remade remade : several.remade()) {
                    checked++;
                    if (remade.identical()) {
                        identical++;
                    } else {
                        sayInexact += remade.saidExact() ? 0 : 1;
                        if (differing.size() < MOST_TOLD) {
                            differing.add(new Differing(remade.predictionId(), remade.differences()));
                        }
                    }
                    paths.merge(remade.path(), 1, Integer::sum);
                    versions.merge(remade.madeBy(), 1, Integer::sum);
                    remade.generations().forEach(generation -> generations.merge(generation, 1, Integer::sum));
                }
                watcher.accept(from + names.size());
            }
            totalMillis = millisSince(started);
        }
        return new Result(
                useCase,
                archived,
                seed,
                checked,
                ahead,
                unrecorded,
                identical,
                checked - identical,
                sayInexact,
                paths,
                versions,
                generations,
                millis.length,
                millis.length == 0 ? 0 : millis[millis.length / 2],
                millis.length == 0 ? 0 : millis[millis.length - 1],
                totalMillis,
                differing);
    }

    /** How long each takes by itself, from its name to its explanation; the shortest first. */
    private double[] alone(Explainer explainer, List<String> names) {
        List<Double> millis = new ArrayList<>();
        for (String name : names) {
            long started = System.nanoTime();
            if (explainer.explain(name, clock.millis(), MOST_TOLD) instanceof Found.Archived) {
                millis.add(millisSince(started));
            }
        }
        return millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    private static double millisSince(long startedNanos) {
        return (System.nanoTime() - startedNanos) / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }
}
