package dev.anabranch.batch.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** By hand, and against the definition. */
class RankingTest {
    private static final Offset<Double> EXACT = within(1e-12);

    @Test
    void averagePrecisionAddsUpThePrecisionAtEachPositive() {
        // Down the ranking: positive (1/1), negative, positive (2/3), negative.
        double[] targets = {0, 1, 0, 1};
        double[] scores = {0.1, 0.4, 0.6, 0.9};

        assertThat(Ranking.averagePrecision(targets, scores)).isCloseTo((1 + 2 / 3.0) / 2, EXACT);
    }

    @Test
    void rowsOfEqualScoreAreOneStepOfAveragePrecision() {
        // One step with a positive and a negative: recall goes from 0 to 1/2 at precision 1/2. Then 2 of 4.
        double[] targets = {1, 0, 0, 1};
        double[] scores = {0.8, 0.8, 0.3, 0.3};

        assertThat(Ranking.averagePrecision(targets, scores)).isCloseTo(0.5 * 0.5 + 0.5 * 0.5, EXACT);
        assertThat(Ranking.averagePrecision(new double[] {0, 1, 1, 0}, scores)).isCloseTo(0.5, EXACT);
    }

    @Test
    void aConstantScoreHasTheShareOfPositivesAsAveragePrecisionAndHalfTheArea() {
        double[] targets = {1, 0, 0, 0, 0};
        double[] scores = {0.2, 0.2, 0.2, 0.2, 0.2};

        assertThat(Ranking.averagePrecision(targets, scores)).isCloseTo(0.2, EXACT);
        assertThat(Ranking.areaUnderRoc(targets, scores)).isCloseTo(0.5, EXACT);
    }

    @Test
    void theAreaUnderTheRocCurveCountsThePairsInTheRightOrder() {
        // Pairs: (0.9, 0.6) right, (0.9, 0.1) right, (0.4, 0.6) wrong, (0.4, 0.1) right.
        double[] targets = {0, 1, 0, 1};
        double[] scores = {0.1, 0.4, 0.6, 0.9};

        assertThat(Ranking.areaUnderRoc(targets, scores)).isCloseTo(3 / 4.0, EXACT);
    }

    @Test
    void bothAgreeWithTheirDefinitionsOnRandomScoresFullOfTies() {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            double[] targets = new double[60];
            double[] scores = new double[60];
            for (int i = 0; i < targets.length; i++) {
                targets[i] = i < 2 ? i : random.nextInt(5) == 0 ? 1 : 0; // at least one of each
                scores[i] = random.nextInt(12) / 12.0;
            }

            assertThat(Ranking.areaUnderRoc(targets, scores)).isCloseTo(pairsInOrder(targets, scores), EXACT);
            assertThat(Ranking.averagePrecision(targets, scores)).isCloseTo(stepByStep(targets, scores), EXACT);
        }
    }

    @Test
    void withoutAPositiveThereIsNothingToMeasure() {
        assertThatThrownBy(() -> Ranking.averagePrecision(new double[] {0, 0}, new double[] {0.1, 0.2}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Average precision must have a positive among its rows, got none in 2");
        assertThatThrownBy(() -> Ranking.areaUnderRoc(new double[] {1, 1}, new double[] {0.1, 0.2}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "The area under the ROC curve must have positives and negatives, got 2 positives in 2 rows");
    }

    private static double pairsInOrder(double[] targets, double[] scores) {
        double right = 0;
        long pairs = 0;
        for (int p = 0; p < targets.length; p++) {
            for (int n = 0; n < targets.length; n++) {
                if (targets[p] == 1 && targets[n] == 0) {
                    pairs++;
                    right += scores[p] > scores[n] ? 1 : scores[p] == scores[n] ? 0.5 : 0;
                }
            }
        }
        return right / pairs;
    }

    /** For every score as a threshold, from high to low: the recall it gains, times the precision there. */
    private static double stepByStep(double[] targets, double[] scores) {
        double sum = 0;
        double recall = 0;
        for (int threshold = 12; threshold >= 0; threshold--) {
            double above = 0;
            double positives = 0;
            double all = 0;
            for (int i = 0; i < targets.length; i++) {
                all += targets[i];
                if (scores[i] >= threshold / 12.0) {
                    above++;
                    positives += targets[i];
                }
            }
            if (above > 0) {
                sum += (positives / all - recall) * positives / above;
                recall = positives / all;
            }
        }
        return sum;
    }
}
