package dev.anabranch.quality;

import dev.anabranch.quality.ScoreHistogram.Bin;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How good predictions were, as usual figures. Those that depend on the order of the scores are told with what they may be
 * for all a histogram knows: within a bin any score may be above any other, or equal. The others are right to half a
 * billionth.
 */
public final class Quality {
    private final ScoreHistogram histogram;
    private final List<Bin> bins; // by falling scores
    private final long predictions;
    private final long positives;

    private Quality(ScoreHistogram histogram) {
        this.histogram = histogram;
        List<Bin> rising = histogram.getBins();
        Collections.reverse(rising);
        this.bins = rising;
        this.predictions = histogram.predictions();
        this.positives = histogram.positives();
        if (!histogram.whole()) {
            throw new IllegalArgumentException(
                    "Quality must be read off the sum of all parts, got one that takes back more than it has: "
                            + histogram);
        }
    }

    /** @throws IllegalArgumentException when {@code histogram} is a part of a sum that holds less than nothing */
    public static Quality of(ScoreHistogram histogram) {
        return new Quality(histogram);
    }

    /**
     * A figure that depends on the order of the scores.
     *
     * @param value when scores of one bin are taken to be equal
     * @param least what it may be in truth, at least
     * @param most  and at most
     */
    public record Figure(double value, double least, double most) {}

    public long predictions() {
        return predictions;
    }

    public long positives() {
        return positives;
    }

    /**
     * The probability that a positive scores higher than a negative, where equal ones count half: the area under the ROC
     * curve, and the statistic of Mann and Whitney. Empty when there are none of either.
     *
     * @see <a href="https://doi.org/10.1148/radiology.143.1.7063747">Hanley and McNeil, 1982</a>
     */
    public Optional<Figure> auc() {
        double pairs = (double) positives * (predictions - positives);
        if (pairs == 0) {
            return Optional.empty();
        }
        double won = 0;
        double tied = 0;
        double above = 0;
        for (Bin bin : bins) {
            won += above * bin.negatives();
            tied += (double) bin.positives() * bin.negatives();
            above += bin.positives();
        }
        return Optional.of(new Figure((won + tied / 2) / pairs, won / pairs, (won + tied) / pairs));
    }

    /**
     * The precision at each positive, averaged over the positives: the sum over thresholds of precision times the recall
     * gained there, without interpolation, as scikit-learn defines it. Empty when there is no positive.
     *
     * @see <a href="https://scikit-learn.org/stable/modules/generated/sklearn.metrics.average_precision_score.html">
     *     average_precision_score</a>
     */
    public Optional<Figure> averagePrecision() {
        if (positives == 0) {
            return Optional.empty();
        }
        double value = 0;
        double least = 0;
        double most = 0;
        double found = 0;
        double passed = 0;
        for (Bin bin : bins) {
            double more = bin.positives();
            if (more > 0) {
                value += more * (found + more) / (passed + bin.negatives() + more);
                // At best all its positives are equal and above its negatives,
                most += more * (found + more) / (passed + more);
                // at worst they come one by one below: the sum of (found + i) / (before + i), whose integral is no
                // more.
                double before = passed + bin.negatives();
                least += before == 0 ? more : more - (before - found) * Math.log1p(more / before);
            }
            found += more;
            passed += bin.negatives() + more;
        }
        return Optional.of(new Figure(value / positives, Math.max(0, least / positives), most / positives));
    }

    /**
     * The share of positives among the {@code k} predictions with the highest scores; of equal ones at the end, what their
     * share is. Empty when there are fewer than {@code k}.
     *
     * @param k 1 or more
     */
    public Optional<Figure> precisionAt(long k) {
        if (k < 1) {
            throw new IllegalArgumentException("k must be 1 or more, got " + k);
        }
        long found = 0;
        long passed = 0;
        for (Bin bin : bins) {
            long size = bin.negatives() + bin.positives();
            long wanted = k - passed;
            if (size >= wanted) {
                return Optional.of(new Figure(
                        (found + (double) wanted * bin.positives() / size) / k,
                        (double) (found + Math.max(0, wanted - bin.negatives())) / k,
                        (double) (found + Math.min(wanted, bin.positives())) / k));
            }
            found += bin.positives();
            passed += size;
        }
        return Optional.empty();
    }

    /**
     * The mean of the negative natural logarithm of the probability that was given to what came true, which counts as
     * 10<sup>-15</sup> at least. Empty when there is no prediction.
     *
     * @see <a href="https://doi.org/10.1111/j.2517-6161.1952.tb00104.x">Good, 1952</a>
     */
    public OptionalDouble logLoss() {
        return mean(histogram.getLogLossBillionths());
    }

    /**
     * The mean square of score less outcome. Empty when there is no prediction.
     *
     * @see <a href="https://doi.org/10.1175/1520-0493(1950)078%3C0001:VOFEIT%3E2.0.CO;2">Brier, 1950</a>
     */
    public OptionalDouble brier() {
        return mean(histogram.getSquaredErrorBillionths());
    }

    /**
     * The expected calibration error over ten bins of equal width: how far the mean score of a bin is from its share of
     * positives, averaged over the predictions. A score at an edge belongs to the bin above. Empty when there is no
     * prediction.
     *
     * @see <a href="https://doi.org/10.1609/aaai.v29i1.9602">Naeini, Cooper and Hauskrecht, 2015</a>
     */
    public OptionalDouble calibrationError() {
        if (predictions == 0) {
            return OptionalDouble.empty();
        }
        long[] scores = histogram.getScoreBillionthsByTenth();
        double[] found = new double[scores.length];
        bins.forEach(bin -> found[ScoreBins.tenth(ScoreBins.of(bin.from()))] += bin.positives());
        double error = 0;
        for (int tenth = 0; tenth < scores.length; tenth++) {
            error += Math.abs(scores[tenth] / ScoreHistogram.BILLION - found[tenth]);
        }
        return OptionalDouble.of(error / predictions);
    }

    /** The mean score: beside the share of positives, whether the model warns too much or too little. */
    public OptionalDouble meanScore() {
        long sum = 0;
        for (long tenth : histogram.getScoreBillionthsByTenth()) {
            sum = Math.addExact(sum, tenth);
        }
        return mean(sum);
    }

    private OptionalDouble mean(long billionths) {
        return predictions == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(billionths / ScoreHistogram.BILLION / predictions);
    }
}
