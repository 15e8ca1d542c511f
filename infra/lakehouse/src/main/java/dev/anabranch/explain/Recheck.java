package dev.anabranch.explain;

import dev.anabranch.contract.Prediction;
import dev.anabranch.lakehouse.Lakehouse;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** Makes a sample of a use case's predictions again, each by itself as if it alone were asked about. */
public final class Recheck {
    private static final int MOST_TOLD = 5;

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
     * @param identical    how many came out to the bit
     * @param different    how many did not
     * @param sayInexact   how many of those that did not had said that they were not exact
     * @param paths        how many were made where
     * @param versions     how many were made by which version of the model
     * @param generations  how many were read from which generation of a view
     * @param medianMillis how long one took, from its name to its explanation
     * @param maxMillis    how long the longest took
     * @param differing    the first few that did not come out
     */
    public record Result(
            String useCase,
            long archived,
            long seed,
            int checked,
            int identical,
            int different,
            int sayInexact,
            Map<String, Integer> paths,
            Map<String, Integer> versions,
            Map<String, Integer> generations,
            double medianMillis,
            double maxMillis,
            List<Differing> differing) {}

    /** One that did not come out. */
    public record Differing(String predictionId, List<String> differences) {}

    /**
     * @param watcher is told how many are done after each
     */
    public Result of(String useCase, int count, long seed, LongConsumer watcher) {
        PredictionArchive archive = new PredictionArchive(lakehouse);
        List<String> sample = archive.sample(useCase, count, seed);
        double[] millis = new double[sample.size()];
        int identical = 0;
        int sayInexact = 0;
        Map<String, Integer> paths = new TreeMap<>();
        Map<String, Integer> versions = new TreeMap<>();
        Map<String, Integer> generations = new TreeMap<>();
        List<Differing> differing = new ArrayList<>();
        try (Explainer explainer = new Explainer(lakehouse)) {
            for (int i = 0; i < millis.length; i++) {
                long started = System.nanoTime();
                Prediction prediction = prediction(archive, sample.get(i));
                Explanation explanation = explainer.explain(prediction, MOST_TOLD);
                millis[i] = (System.nanoTime() - started) / (double) TimeUnit.MILLISECONDS.toNanos(1);
                if (explanation.identical()) {
                    identical++;
                } else {
                    sayInexact += explanation.views().stream().allMatch(Explanation.Viewed::exact) ? 0 : 1;
                    if (differing.size() < MOST_TOLD) {
                        differing.add(new Differing(explanation.predictionId(), explanation.differences()));
                    }
                }
                paths.merge(explanation.path(), 1, Integer::sum);
                versions.merge(String.valueOf(explanation.model().version()), 1, Integer::sum);
                explanation
                        .views()
                        .forEach(view -> generations.merge(view.view() + " " + view.generation(), 1, Integer::sum));
                watcher.accept(i + 1L);
            }
        }
        Arrays.sort(millis);
        return new Result(
                useCase,
                archive.count(useCase),
                seed,
                millis.length,
                identical,
                millis.length - identical,
                sayInexact,
                paths,
                versions,
                generations,
                millis.length == 0 ? 0 : millis[millis.length / 2],
                millis.length == 0 ? 0 : millis[millis.length - 1],
                differing);
    }

    private Prediction prediction(PredictionArchive archive, String name) {
        if (archive.find(name, clock.millis()) instanceof Found.Archived archived) {
            return archived.prediction();
        }
        throw new IllegalStateException("Prediction " + name + " is in the archive and must be found by its name");
    }
}
