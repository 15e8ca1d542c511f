package dev.anabranch.batch.model;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Wire;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.lakehouse.Judgement.Difference;
import dev.anabranch.lakehouse.Judgement.Gate;
import dev.anabranch.model.UnusableModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a new version may replace the live one, the champion. It must be good enough by itself, on enough rows; and the
 * interval of its difference to the champion, on the same rows which neither has learnt from, must reach far enough.
 *
 * @param judge     says by which metric they are compared, and measures the others
 * @param least     what each of these metrics must be at least, by name
 * @param rows      how many rows there must be to measure on, at least
 * @param positives how many of them must be positive, at least
 * @param bound     which end of the interval must reach
 * @param tolerance how far below the champion it may lie, in units of the deciding metric
 * @param bootstrap what makes the interval
 */
public record Gates(
        Judge judge,
        Map<String, Double> least,
        long rows,
        long positives,
        GateConfig.Bound bound,
        double tolerance,
        PairedBootstrap bootstrap) {
    static final String ROWS = "rows";
    static final String POSITIVES = "positives";
    static final String CHAMPION = "champion";

    /** Whether there is enough to measure on. */
    public boolean canTell(HeldOut heldOut) {
        return heldOut.rows().size() >= rows && heldOut.positives() >= positives;
    }

    /**
     * @param live     the version that is live now, if any
     * @param features what the new version takes
     */
    public Judgement judge(Optional<ModelVersion> live, List<String> features, Challenger challenger, HeldOut heldOut) {
        List<Gate> gates = new ArrayList<>();
        gates.add(atLeast(ROWS, heldOut.rows().size(), rows));
        gates.add(atLeast(POSITIVES, heldOut.positives(), positives));
        least.forEach((metric, floor) ->
                gates.add(atLeast(metric, challenger.metrics().get(metric), floor)));
        if (live.isEmpty()) {
            gates.add(uncompared(true, "there was no version to put it beside"));
            return new Judgement(gates, null, Map.of(), null);
        }
        ModelVersion champion = live.get();
        String name = "version " + champion.getVersion();
        if (!champion.getFeatures().equals(features)) {
            gates.add(uncompared(true, name + " takes other features and cannot answer the same questions"));
            return new Judgement(gates, champion.getVersion(), Map.of(), null);
        }
        double[] before;
        try {
            before = heldOut.scores(Wire.bytes(champion.getArtifact()));
        } catch (UnusableModelException e) {
            gates.add(uncompared(true, name + " cannot answer: " + e.getMessage()));
            return new Judgement(gates, champion.getVersion(), Map.of(), null);
        }
        Map<String, Double> measured = judge.measure(heldOut, before);
        Optional<Difference> difference = difference(challenger, before, heldOut);
        gates.add(difference
                .map(found -> beside(champion.getVersion(), measured, challenger, found))
                .orElseGet(() -> uncompared(
                        false,
                        "it cannot be told how far it is from " + name + ": positives must be of two entities or more"
                                + " that can be told apart by resampling, got " + heldOut)));
        return new Judgement(gates, champion.getVersion(), measured, difference.orElse(null));
    }

    private Optional<Difference> difference(Challenger challenger, double[] before, HeldOut heldOut) {
        double[] targets = heldOut.targets();
        int[] entities = heldOut.entities();
        Ranking challengers = new Ranking(targets, challenger.scores(), entities);
        return bootstrap
                .difference(challengers, new Ranking(targets, before, entities), judge::decisive)
                .map(interval -> new Difference(
                        judge.decisive(),
                        interval.difference(),
                        interval.lower(),
                        interval.upper(),
                        bootstrap.confidence(),
                        bootstrap.resamples(),
                        challengers.clusters(),
                        bootstrap.seed()));
    }

    private Gate beside(long version, Map<String, Double> measured, Challenger challenger, Difference found) {
        double reached = bound == GateConfig.Bound.LOWER ? found.lower() : found.upper();
        boolean passed = reached >= -tolerance;
        String told = String.format(
                Locale.ROOT,
                "%s %.4f is %+.4f beside version %d's %.4f on the same rows, %s %% interval [%+.4f, %+.4f] of %d resamples"
                        + " of %d entities; its %s end must be at least %.4f%s",
                found.metric(),
                challenger.metrics().get(found.metric()),
                found.difference(),
                version,
                measured.get(found.metric()),
                percent(found.confidence()),
                found.lower(),
                found.upper(),
                found.resamples(),
                found.entities(),
                bound.name().toLowerCase(Locale.ROOT),
                0 - tolerance,
                passed ? "" : String.format(Locale.ROOT, " and is %.4f below", -tolerance - reached));
        return new Gate(CHAMPION, reached, 0 - tolerance, passed, told);
    }

    private static String percent(double share) {
        return String.valueOf(Math.round(share * 1e6) / 1e4).replaceFirst("\\.0$", "");
    }

    private static Gate uncompared(boolean passed, String told) {
        return new Gate(CHAMPION, null, null, passed, told);
    }

    private static Gate atLeast(String name, double value, double least) {
        boolean passed = value >= least;
        return new Gate(
                name,
                value,
                least,
                passed,
                name + " " + figure(value) + (passed ? " reaches " : " must be at least ") + figure(least)
                        + (passed ? "" : " and is " + figure(least - value) + " below"));
    }

    /** A count as one, anything else to four places. */
    private static String figure(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.valueOf((long) value)
                : String.format(Locale.ROOT, "%.4f", value);
    }
}
