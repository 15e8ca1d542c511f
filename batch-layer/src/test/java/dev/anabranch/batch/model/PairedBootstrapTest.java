package dev.anabranch.batch.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anabranch.batch.model.PairedBootstrap.Interval;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Against resamples that are written out row by row and sorted, and against a truth that is known. */
class PairedBootstrapTest {
    private static final double EXACT = 1e-12;

    /** Rows in clusters and what two models say to them. */
    private record Rows(double[] targets, double[] one, double[] other, int[] clusters) {
        static Rows random(long seed, int rows, int clusters) {
            Random random = new Random(seed);
            double[] targets = new double[rows];
            double[] one = new double[rows];
            double[] other = new double[rows];
            int[] of = new int[rows];
            for (int i = 0; i < rows; i++) {
                targets[i] = random.nextInt(3) == 0 ? 1 : 0;
                one[i] = random.nextInt(8) + targets[i]; // full of ties
                other[i] = random.nextInt(8) + targets[i] / 2;
                of[i] = i < clusters ? i : random.nextInt(clusters);
            }
            return new Rows(targets, one, other, of);
        }

        Ranking ranking(double[] scores) {
            return new Ranking(targets, scores, clusters);
        }

        /** Every row as often as its cluster was drawn, in an order that means nothing. */
        double[][] writtenOut(double[] scores, int[] times) {
            int[] all = IntStream.range(0, targets.length)
                    .flatMap(i -> IntStream.range(0, times[clusters[i]]).map(n -> i))
                    .toArray();
            return new double[][] {
                Arrays.stream(all).mapToDouble(i -> targets[i]).toArray(),
                Arrays.stream(all).mapToDouble(i -> scores[i]).toArray()
            };
        }
    }

    @Property(tries = 300)
    void aResampleMeasuresAsItsRowsDoWhenTheyAreWrittenOutAndSorted(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 60) int size,
            @ForAll @IntRange(min = 1, max = 12) int of) {
        Rows rows = Rows.random(seed, Math.max(size, of), of);
        int[] times = new Random(seed).ints(of, 0, 4).toArray();
        double[][] written = rows.writtenOut(rows.one, times);
        double positives = Arrays.stream(written[0]).sum();

        double precision = rows.ranking(rows.one).averagePrecision(times);
        double area = rows.ranking(rows.one).areaUnderRoc(times);

        if (positives == 0) {
            assertThat(precision).isNaN();
        } else {
            assertThat(precision).isCloseTo(Ranking.averagePrecision(written[0], written[1]), within(EXACT));
        }
        if (positives == 0 || positives == written[0].length) {
            assertThat(area).isNaN();
        } else {
            assertThat(area).isCloseTo(Ranking.areaUnderRoc(written[0], written[1]), within(EXACT));
        }
    }

    @Property(tries = 60)
    void theIntervalIsThatOfResamplesThatAreWrittenOutAndSorted(
            @ForAll long seed, @ForAll @IntRange(min = 2, max = 10) int clusters) {
        Rows rows = Rows.random(seed, 40, clusters);
        int resamples = 99;
        Ranking one = rows.ranking(rows.one);
        Ranking other = rows.ranking(rows.other);

        Optional<Interval> interval =
                new PairedBootstrap(resamples, 0.9, seed).difference(one, other, Ranking::averagePrecision);

        if (one.clustersWithPositives() < 2) {
            assertThat(interval).isEmpty();
            return;
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] differences = new double[resamples];
        for (int done = 0; done < resamples; ) {
            int[] times = new int[clusters];
            for (int i = 0; i < clusters; i++) {
                times[random.nextInt(clusters)]++;
            }
            double[][] mine = rows.writtenOut(rows.one, times);
            double[][] theirs = rows.writtenOut(rows.other, times);
            if (Arrays.stream(mine[0]).sum() > 0) {
                differences[done++] =
                        Ranking.averagePrecision(mine[0], mine[1]) - Ranking.averagePrecision(theirs[0], theirs[1]);
            }
        }
        Arrays.sort(differences);
        assertThat(interval.orElseThrow().lower()).isCloseTo(differences[4], within(EXACT)); // the 5th of 99
        assertThat(interval.orElseThrow().upper()).isCloseTo(differences[94], within(EXACT)); // and the 95th
        assertThat(interval.orElseThrow().difference())
                .isCloseTo(
                        Ranking.averagePrecision(rows.targets, rows.one)
                                - Ranking.averagePrecision(rows.targets, rows.other),
                        within(EXACT));
    }

    @Property(tries = 20)
    void aModelBesideItselfDiffersByNothing(@ForAll long seed) {
        Rows rows = Rows.random(seed, 60, 12);

        Optional<Interval> interval = new PairedBootstrap(99, 0.95, seed)
                .difference(rows.ranking(rows.one), rows.ranking(rows.one), Ranking::averagePrecision);

        interval.ifPresent(found -> assertThat(found).isEqualTo(new Interval(0, 0, 0)));
    }

    @Test
    void theSameSeedGivesTheSameIntervalAndAnotherSeedAnother() {
        Rows rows = Rows.random(5, 200, 30);

        assertThat(interval(rows, 1)).isEqualTo(interval(rows, 1)).isNotEqualTo(interval(rows, 2));
    }

    private static Interval interval(Rows rows, long seed) {
        return new PairedBootstrap(200, 0.95, seed)
                .difference(rows.ranking(rows.one), rows.ranking(rows.other), Ranking::areaUnderRoc)
                .orElseThrow();
    }

    /**
     * Towns of cards whose payments are alike: the truth is the mean of many towns. Of so many intervals of 90 % some 90 %
     * must hold it; drawn row by row, as if payments were strangers to each other, far fewer do.
     */
    @Test
    void nineOfTenIntervalsOfNineTenthsHoldTheTruthWhenClustersAreDrawnAndFewerWhenRowsAre() {
        ToDoubleBiFunction<Ranking, int[]> measure = Ranking::areaUnderRoc;
        double truth = IntStream.range(0, 4_000)
                .mapToDouble(seed -> {
                    Rows town = town(1_000_000 + seed);
                    return Ranking.areaUnderRoc(town.targets, town.one)
                            - Ranking.areaUnderRoc(town.targets, town.other);
                })
                .average()
                .orElseThrow();
        int towns = 400;
        int held = 0;
        int heldByRow = 0;
        for (int seed = 0; seed < towns; seed++) {
            Rows town = town(seed);
            PairedBootstrap bootstrap = new PairedBootstrap(199, 0.9, seed);
            held += holds(
                    bootstrap
                            .difference(town.ranking(town.one), town.ranking(town.other), measure)
                            .orElseThrow(),
                    truth);
            int[] alone = IntStream.range(0, town.targets.length).toArray();
            heldByRow += holds(
                    bootstrap
                            .difference(
                                    new Ranking(town.targets, town.one, alone),
                                    new Ranking(town.targets, town.other, alone),
                                    measure)
                            .orElseThrow(),
                    truth);
        }

        assertThat(held / (double) towns).isBetween(0.84, 0.95); // 0.9 give or take four standard errors
        assertThat(heldByRow / (double) towns).isLessThan(0.75);
    }

    private static int holds(Interval interval, double truth) {
        return interval.lower() <= truth && truth <= interval.upper() ? 1 : 0;
    }

    /** 60 cards of 8 payments; a model is wrong about a card as a whole. */
    private static Rows town(long seed) {
        int cards = 60;
        int each = 8;
        Random random = new Random(seed);
        Rows rows = new Rows(
                new double[cards * each], new double[cards * each], new double[cards * each], new int[cards * each]);
        for (int card = 0; card < cards; card++) {
            boolean compromised = random.nextInt(3) == 0;
            double wrong = random.nextGaussian();
            double wrongInOther = random.nextGaussian();
            for (int i = card * each; i < (card + 1) * each; i++) {
                rows.clusters[i] = card;
                rows.targets[i] = compromised ? 1 : 0;
                rows.one[i] = 1.5 * rows.targets[i] + wrong + 0.2 * random.nextGaussian();
                rows.other[i] = rows.targets[i] + wrongInOther + 0.2 * random.nextGaussian();
            }
        }
        return rows;
    }

    @Test
    void withPositivesInOneClusterOnlyThereIsNoInterval() {
        Rows rows = new Rows(
                new double[] {1, 1, 0, 0}, new double[] {4, 3, 2, 1}, new double[] {1, 2, 3, 4}, new int[] {0, 0, 1, 2
                });

        assertThat(new PairedBootstrap(99, 0.9, 1)
                        .difference(rows.ranking(rows.one), rows.ranking(rows.other), Ranking::averagePrecision))
                .isEmpty();
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> new PairedBootstrap(38, 0.95, 1))
                .hasMessage("Resamples must be 39 or more for a confidence of 0.95, got 38");
        new PairedBootstrap(39, 0.95, 1);
        assertThatThrownBy(() -> new PairedBootstrap(1000, 95, 1))
                .hasMessage("Confidence must be more than 0 and less than 1, got 95.0; try 0.95");
        assertThatThrownBy(() -> new PairedBootstrap(1000, Double.NaN, 1)).hasMessageContaining("got NaN");
        assertThatThrownBy(() -> new Ranking(new double[] {1}, new double[] {Double.NaN}, new int[] {0}))
                .hasMessage("Scores must be numbers to be ranked, got NaN");
    }
}
