package dev.anabranch.experiment;

import dev.anabranch.experiment.ConfidenceSequence.Interval;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What may be said of an experiment at this moment: for each arm and loss, whether it is better than the champion.
 *
 * <p>May be asked for at any time, and acted upon at any time. By one loss, named beforehand, all comparisons of an
 * experiment are right at once in 1 − alpha of all experiments: alpha is divided by the number of arms beside the champion
 * (Bonferroni's inequality; Dunn 1961, Multiple comparisons among means), and p multiplied.
 *
 * @param sampleRatio whether the entities fell to the arms as they were to
 * @param comparisons one for each loss of each arm but the champion, the challengers and the holdout each with the
 *     champion's own entities, a shadow with the champion on the same events
 */
public record ExperimentVerdict(SampleRatio sampleRatio, List<Comparison> comparisons) {
    /** What an arm is, beside the champion. */
    public enum Verdict {
        /** Its predictions cost less. */
        BETTER,
        /** They cost more. */
        WORSE,
        /** It cannot be told yet, and perhaps there is no difference. */
        UNDECIDED,
        /** There are fewer than {@link ConfidenceSequence#LEAST_ENTITIES} labelled entities to compare. */
        TOO_FEW,
        /** The entities of the arms are not alike ({@link SampleRatio}); whatever the difference is, it means nothing. */
        MISMATCHED
    }

    /**
     * How a verdict is reached; to be chosen before the first look.
     *
     * @param sequence       says how sure a difference is
     * @param power          of the test that {@link Comparison#detectable} is about
     * @param relativeEffect the difference worth finding, as a share of the champion's mean loss; more than 0
     */
    public record Rule(ConfidenceSequence sequence, double power, double relativeEffect) {
        /** Alpha is 5 %, tightest at 1,000 entities, power 80 %; worth finding is a loss that is 5 % less. */
        public static final Rule USUAL = new Rule(new ConfidenceSequence(0.05, 1_000), 0.8, 0.05);

        public Rule {
            new FixedHorizon(sequence.alpha(), power); // refuses what makes no sense
            if (!(relativeEffect > 0)) {
                throw new IllegalArgumentException(
                        "The effect worth finding must be more than 0, got " + relativeEffect + "; try 0.05");
            }
        }

        /** For each of several comparisons, such that all are right at once as often as one by this rule. */
        private Rule dividedBy(long comparisons) {
            ConfidenceSequence each =
                    new ConfidenceSequence(sequence.alpha() / Math.max(1, comparisons), sequence.tightestAt());
            return new Rule(each, power, relativeEffect);
        }

        private FixedHorizon fixedHorizon() {
            return new FixedHorizon(sequence.alpha(), power);
        }
    }

    /**
     * An arm beside the champion, by one loss; less is better. What cannot be told is null.
     *
     * @param paired           whether it is compared on the same events: then {@code mean} and {@code championMean} are
     *     of all that each scored, and their difference is not the one below
     * @param labelledEntities what the difference is known from: entities of the arm, or of pairs
     * @param championEntities labelled ones of the champion; of pairs, the same again
     * @param mean             loss of a labelled prediction of the arm
     * @param championMean     the same of the champion
     * @param difference       the arm less the champion
     * @param lower            the least it may be, whenever it is looked at
     * @param upper            the greatest
     * @param p                always-valid, times the number of arms beside the champion
     * @param detectable       the least difference that a test which looked only now would find with the power asked for
     * @param entitiesNeeded   how many labelled entities, of both arms together, such a test would need for the effect
     *     worth finding
     */
    public record Comparison(
            String arm,
            String metric,
            boolean paired,
            long labelledEntities,
            long championEntities,
            Double mean,
            Double championMean,
            Double difference,
            Double lower,
            Double upper,
            Double p,
            Verdict verdict,
            Double detectable,
            Long entitiesNeeded) {}

    /**
     * @param results of one run, of all arms of one phase
     * @throws IllegalArgumentException when the champion is not among them
     */
    public static ExperimentVerdict of(List<ArmResult> results, Rule rule) {
        SampleRatio ratio = sampleRatio(results);
        List<ArmResult> compared = results.stream()
                .filter(result -> !result.arm().equals(Variant.CHAMPION))
                .filter(result -> result.paired() == Variant.isShadow(result.arm()))
                .sorted(Comparator.comparing(ArmResult::arm).thenComparing(ArmResult::metric))
                .toList();
        long arms = compared.stream().map(ArmResult::arm).distinct().count();
        Rule each = rule.dividedBy(arms);
        return new ExperimentVerdict(
                ratio,
                compared.stream()
                        .map(result -> compare(result, results, ratio, each, arms))
                        .toList());
    }

    private static SampleRatio sampleRatio(List<ArmResult> results) {
        String any = unpaired(results, Variant.CHAMPION)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("The champion must be among the arms, got " + results))
                .metric();
        List<ArmResult> assigned = results.stream()
                .filter(result -> result.metric().equals(any) && !result.paired() && !Variant.isShadow(result.arm()))
                .toList();
        return SampleRatio.of(
                assigned.stream().mapToLong(result -> result.sums().entities()).toArray(),
                assigned.stream().mapToDouble(ArmResult::share).toArray());
    }

    private static Comparison compare(
            ArmResult result, List<ArmResult> results, SampleRatio ratio, Rule rule, long arms) {
        ArmSums champion = sums(results, Variant.CHAMPION, result.metric());
        ArmSums arm = sums(results, result.arm(), result.metric());
        Optional<Interval> interval = result.paired()
                ? rule.sequence().difference(result.sums())
                : rule.sequence().difference(arm, champion);
        long labelled = result.sums().labelledEntities();
        long championEntities = result.paired() ? labelled : champion.labelledEntities();
        Verdict verdict = !result.paired() && ratio.mismatch()
                ? Verdict.MISMATCHED
                : interval.map(ExperimentVerdict::verdict).orElse(Verdict.TOO_FEW);
        return new Comparison(
                result.arm(),
                result.metric(),
                result.paired(),
                labelled,
                championEntities,
                orNull(arm.mean()),
                orNull(champion.mean()),
                interval.map(Interval::difference).orElse(null),
                interval.map(Interval::lower).orElse(null),
                interval.map(Interval::upper).orElse(null),
                interval.map(known -> Math.min(1, arms * known.p())).orElse(null),
                verdict,
                interval.map(known -> rule.fixedHorizon().detectable(known.standardError()))
                        .orElse(null),
                interval.filter(known -> champion.loss() > 0)
                        .map(known -> rule.fixedHorizon()
                                .entitiesFor(
                                        rule.relativeEffect() * champion.mean().orElseThrow(),
                                        known.standardError(),
                                        result.paired() ? labelled : labelled + championEntities))
                        .orElse(null));
    }

    private static Verdict verdict(Interval interval) {
        if (interval.upper() < 0) {
            return Verdict.BETTER;
        }
        return interval.lower() > 0 ? Verdict.WORSE : Verdict.UNDECIDED;
    }

    private static ArmSums sums(List<ArmResult> results, String arm, String metric) {
        return unpaired(results, arm)
                .filter(result -> result.metric().equals(metric))
                .map(ArmResult::sums)
                .findFirst()
                .orElse(ArmSums.EMPTY);
    }

    private static Stream<ArmResult> unpaired(List<ArmResult> results, String arm) {
        return results.stream().filter(result -> result.arm().equals(arm) && !result.paired());
    }

    private static Double orNull(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }
}
