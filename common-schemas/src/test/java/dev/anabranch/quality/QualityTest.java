package dev.anabranch.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anabranch.quality.Quality.Figure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The figures beside the obvious computation over the pairs themselves. */
class QualityTest {
    private static final double ROUNDING = 1e-9;

    record Pair(double score, boolean positive) {
        /** As a histogram knows it: all scores of a bin are equal. */
        Pair binned() {
            return new Pair(ScoreBins.from(ScoreBins.of(score)), positive);
        }
    }

    @Property
    void theAreaUnderTheCurveIsThatOfTheBinnedPairsAndItsBoundsHoldTheTrueOne(@ForAll("pairs") List<Pair> pairs) {
        boolean both =
                pairs.stream().anyMatch(Pair::positive) && !pairs.stream().allMatch(Pair::positive);
        assertThat(of(pairs).auc().isPresent()).isEqualTo(both);
        of(pairs).auc().ifPresent(figure -> assertFigure(figure, pairs, QualityTest::auc));
    }

    @Property
    void averagePrecisionIsThatOfTheBinnedPairsAndItsBoundsHoldTheTrueOne(@ForAll("pairs") List<Pair> pairs) {
        assertThat(of(pairs).averagePrecision().isPresent())
                .isEqualTo(pairs.stream().anyMatch(Pair::positive));
        of(pairs).averagePrecision().ifPresent(figure -> assertFigure(figure, pairs, QualityTest::averagePrecision));
    }

    @Property
    void precisionAtKIsThatOfTheBinnedPairsAndItsBoundsHoldTheTrueOne(@ForAll("pairs") List<Pair> pairs) {
        for (int k = 1; k <= pairs.size(); k++) {
            int first = k;
            assertFigure(of(pairs).precisionAt(k).orElseThrow(), pairs, some -> precisionAt(some, first));
        }
        assertThat(of(pairs).precisionAt(pairs.size() + 1L)).isEmpty();
    }

    @Property
    void whatNeedsNoOrderIsThatOfTheTruePairs(@ForAll("pairs") List<Pair> pairs) {
        Quality quality = of(pairs);
        assertThat(quality.predictions()).isEqualTo(pairs.size());
        assertThat(quality.positives())
                .isEqualTo(pairs.stream().filter(Pair::positive).count());
        if (pairs.isEmpty()) {
            assertThat(quality.logLoss()).isEmpty();
            assertThat(quality.brier()).isEmpty();
            assertThat(quality.calibrationError()).isEmpty();
            assertThat(quality.meanScore()).isEmpty();
        } else {
            assertThat(quality.logLoss().orElseThrow())
                    .isCloseTo(
                            mean(pairs, p -> -Math.log(Math.max(1e-15, p.positive ? p.score : 1 - p.score))),
                            within(ROUNDING));
            assertThat(quality.brier().orElseThrow())
                    .isCloseTo(mean(pairs, p -> Math.pow(p.score - (p.positive ? 1 : 0), 2)), within(ROUNDING));
            assertThat(quality.calibrationError().orElseThrow())
                    .isCloseTo(calibrationError(pairs), within(10 * ROUNDING));
            assertThat(quality.meanScore().orElseThrow()).isCloseTo(mean(pairs, Pair::score), within(ROUNDING));
        }
    }

    /** scikit-learn 1.x on the same: roc_auc_score .75, average_precision_score .8333…, brier_score_loss, log_loss. */
    @Example
    void theExampleOfScikitLearnComesOutAsItDoesThere() {
        Quality quality =
                of(List.of(new Pair(0.1, false), new Pair(0.4, false), new Pair(0.35, true), new Pair(0.8, true)));
        assertThat(quality.auc().orElseThrow().value()).isCloseTo(0.75, within(1e-12));
        assertThat(quality.averagePrecision().orElseThrow().value()).isCloseTo(5 / 6.0, within(1e-12));
        assertThat(quality.brier().orElseThrow()).isCloseTo(0.158125, within(ROUNDING));
        assertThat(quality.logLoss().orElseThrow()).isCloseTo(0.47228795, within(1e-8));
        assertThat(quality.precisionAt(1).orElseThrow()).isEqualTo(new Figure(1, 1, 1));
    }

    @Example
    void theOrderWithinABinIsNotKnownAndTheFiguresSayHowMuchThatMatters() {
        Quality quality = of(List.of(new Pair(0.501, true), new Pair(0.502, false), new Pair(0.9, false)));
        assertThat(quality.auc()).contains(new Figure(0.25, 0, 0.5));
        assertThat(quality.precisionAt(2)).contains(new Figure(0.25, 0, 0.5));
        assertThatThrownBy(() -> quality.precisionAt(0)).hasMessage("k must be 1 or more, got 0");
    }

    @Example
    void aPartThatTakesBackMoreThanItHasIsNoQuality() {
        ScoreHistogram part = ScoreHistogram.of(0.3, true).minus(ScoreHistogram.of(0.3, false));
        assertThatThrownBy(() -> Quality.of(part)).hasMessageContaining("must be read off the sum of all parts");
    }

    private static Quality of(List<Pair> pairs) {
        return Quality.of(pairs.stream()
                .map(pair -> ScoreHistogram.of(pair.score, pair.positive))
                .reduce(ScoreHistogram.MONOID.empty(), ScoreHistogram::plus));
    }

    private static void assertFigure(Figure figure, List<Pair> pairs, ToDoubleFunction<List<Pair>> naive) {
        assertThat(figure.value())
                .isCloseTo(naive.applyAsDouble(pairs.stream().map(Pair::binned).toList()), within(1e-12));
        assertThat(naive.applyAsDouble(pairs)).isBetween(figure.least() - 1e-12, figure.most() + 1e-12);
        assertThat(figure.value()).isBetween(figure.least() - 1e-12, figure.most() + 1e-12);
        assertThat(figure.least()).isGreaterThanOrEqualTo(0);
        assertThat(figure.most()).isLessThanOrEqualTo(1 + 1e-12);
    }

    private static double auc(List<Pair> pairs) {
        double won = 0;
        int compared = 0;
        for (Pair positive : pairs) {
            for (Pair negative : pairs) {
                if (positive.positive && !negative.positive) {
                    compared++;
                    won += positive.score > negative.score ? 1 : positive.score == negative.score ? 0.5 : 0;
                }
            }
        }
        return won / compared;
    }

    /** For each positive, the precision among all that score as high or higher. */
    private static double averagePrecision(List<Pair> pairs) {
        List<Double> precisions = new ArrayList<>();
        for (Pair positive : pairs) {
            if (positive.positive) {
                List<Pair> asHigh =
                        pairs.stream().filter(p -> p.score >= positive.score).toList();
                precisions.add((double) asHigh.stream().filter(Pair::positive).count() / asHigh.size());
            }
        }
        return precisions.stream().mapToDouble(p -> p).average().orElseThrow();
    }

    /** Equal ones at the end count with their share. */
    private static double precisionAt(List<Pair> pairs, int k) {
        double kth = pairs.stream()
                .map(Pair::score)
                .sorted(Comparator.reverseOrder())
                .toList()
                .get(k - 1);
        List<Pair> above = pairs.stream().filter(p -> p.score > kth).toList();
        List<Pair> equal = pairs.stream().filter(p -> p.score == kth).toList();
        double share = (double) equal.stream().filter(Pair::positive).count() / equal.size();
        return (above.stream().filter(Pair::positive).count() + share * (k - above.size())) / k;
    }

    private static double calibrationError(List<Pair> pairs) {
        TreeMap<Integer, List<Pair>> tenths = new TreeMap<>();
        for (Pair pair : pairs) {
            int tenth = 0;
            while (tenth < 9 && pair.score >= (tenth + 1) / 10.0) {
                tenth++;
            }
            tenths.computeIfAbsent(tenth, t -> new ArrayList<>()).add(pair);
        }
        return tenths.values().stream()
                        .mapToDouble(some ->
                                some.size() * Math.abs(mean(some, Pair::score) - mean(some, p -> p.positive ? 1 : 0)))
                        .sum()
                / pairs.size();
    }

    private static double mean(List<Pair> pairs, ToDoubleFunction<Pair> of) {
        return pairs.stream().mapToDouble(of).average().orElseThrow();
    }

    @Provide
    Arbitrary<List<Pair>> pairs() {
        Arbitrary<Double> scores = Arbitraries.oneOf(
                Arbitraries.doubles().between(0, 1),
                Arbitraries.doubles().between(0, 0.01),
                Arbitraries.integers().between(0, 10).map(tenth -> tenth / 10.0),
                Arbitraries.of(0.0, -0.0, 1.0, 0.501, 0.502));
        return Combinators.combine(scores, Arbitraries.of(true, false))
                .as(Pair::new)
                .list()
                .ofMaxSize(40);
    }
}
