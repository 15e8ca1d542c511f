package dev.anabranch.batch.drift;

import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.model.HeldOut;
import dev.anabranch.batch.model.HeldOut.HeldOutRow;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Wire;
import dev.anabranch.drift.ByWeekday;
import dev.anabranch.drift.DriftDetector;
import dev.anabranch.drift.ValueHistogram;
import dev.anabranch.lakehouse.ModelReferences;
import dev.anabranch.model.UnusableModelException;
import java.time.DayOfWeek;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The rows that a version was measured on, as what its predictions are set beside later. */
public final class HeldOutReference {
    private HeldOutReference() {}

    /** Keeps that of a version, if its use case asks a question. Where things are put in order, what is shown differs from what was held out: {@link #keepShown}. */
    public static void keep(BatchRun run, ModelVersion version, HeldOut heldOut, double[] scores) {
        keep(run, version, of(version.getFeatures(), heldOut, scores));
    }

    /**
     * Keeps that of a version which was judged by some of the held-out rows, for it has learnt from the others. What it is asked does
     * not hang on that: inputs and scores are those of all of them, or a day would have to stand for a week.
     *
     * @param all the held-out rows
     * @throws UnusableModelException when the artifact does not answer one of them
     */
    public static void keep(BatchRun run, ModelVersion version, HeldOut all) throws UnusableModelException {
        keep(run, version, all, all.scores(Wire.bytes(version.getArtifact())));
    }

    private static void keep(BatchRun run, ModelVersion version, Map<String, ByWeekday> reference) {
        if (run.useCase().question().isPresent()) {
            keepReference(run, version, reference);
        }
    }

    /** Keeps what a version that ranks would have shown when it was measured: held-out rows are others than are shown. */
    public static void keepShown(BatchRun run, ModelVersion version, List<String> features, List<Shown> shown) {
        Map<String, ByWeekday> reference = new TreeMap<>();
        for (Shown each : shown) {
            DayOfWeek day = ByWeekday.dayOf(each.atMillis());
            for (int i = 0; i < features.size(); i++) {
                on(reference, DriftDetector.feature(features.get(i)), day).add(each.features()[i]);
            }
            on(reference, DriftDetector.SCORE, day).add(each.score());
        }
        keepReference(run, version, reference);
    }

    /** Something that would have been shown at a moment. */
    public record Shown(long atMillis, double[] features, double score) {}

    private static ValueHistogram on(Map<String, ByWeekday> reference, String subject, DayOfWeek day) {
        return reference.computeIfAbsent(subject, none -> new ByWeekday()).on(day);
    }

    private static void keepReference(BatchRun run, ModelVersion version, Map<String, ByWeekday> reference) {
        new ModelReferences(run.session().lakehouse())
                .add(
                        version.getName(),
                        version.getSha256(),
                        reference,
                        run.clock().millis());
    }

    /**
     * @param features the names of the inputs, in order
     * @param scores   the artifact's, one for each row
     * @return each input, the score and the label, by subject
     */
    public static Map<String, ByWeekday> of(List<String> features, HeldOut heldOut, double[] scores) {
        Map<String, ByWeekday> reference = new TreeMap<>();
        ByWeekday[] inputs = new ByWeekday[features.size()];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = reference.computeIfAbsent(DriftDetector.feature(features.get(i)), none -> new ByWeekday());
        }
        ByWeekday score = reference.computeIfAbsent(DriftDetector.SCORE, none -> new ByWeekday());
        ByWeekday label = reference.computeIfAbsent(DriftDetector.LABEL, none -> new ByWeekday());
        for (int at = 0; at < scores.length; at++) {
            HeldOutRow row = heldOut.rows().get(at);
            DayOfWeek day = ByWeekday.dayOf(row.atMillis());
            for (int i = 0; i < inputs.length; i++) {
                inputs[i].on(day).add(row.features()[i]);
            }
            score.on(day).add(scores[at]);
            label.on(day).add(row.target());
        }
        return reference;
    }
}
