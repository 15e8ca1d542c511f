package dev.anabranch.quality;

import dev.anabranch.view.Group;
import dev.anabranch.view.Monoid;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * What predictions said and what came true: how many negatives and positives there are in each bin of scores, and the sums
 * that need no bins. It is all that {@link Quality} is read off.
 *
 * <p>Everything is a whole number: sums are in billionths, each prediction rounded once, so a mean is right to half a
 * billionth. A part of a sum may hold less than nothing: a correction takes back in one part what another has counted. The
 * sum of all parts never does.
 */
public final class ScoreHistogram implements Serializable {
    /** The least probability that the log loss counts: being wrong for sure would otherwise cost infinitely much. */
    static final double LEAST = 1e-15;

    /** The unit of the sums. */
    static final double BILLION = 1e9;

    private static final ScoreHistogram EMPTY =
            new ScoreHistogram(new int[0], new long[0], new long[ScoreBins.TENTHS], 0, 0);

    public static final Monoid<ScoreHistogram> MONOID = new ScoreHistogramMonoid();

    private final int[] places; // 2 * bin, one more for positives; in order
    private final long[] counts; // none is 0
    private final long[] scores; // by tenth
    private final long squaredErrors;
    private final long logLosses;

    private ScoreHistogram(int[] places, long[] counts, long[] scores, long squaredErrors, long logLosses) {
        this.places = places;
        this.counts = counts;
        this.scores = scores;
        this.squaredErrors = squaredErrors;
        this.logLosses = logLosses;
    }

    /**
     * One prediction.
     *
     * @throws IllegalArgumentException when the score is not from 0 to 1
     */
    public static ScoreHistogram of(double score, boolean positive) {
        if (!(score >= 0 && score <= 1)) {
            throw new IllegalArgumentException("A score must be from 0 to 1, got " + score);
        }
        int bin = ScoreBins.of(score);
        long[] scores = new long[ScoreBins.TENTHS];
        scores[ScoreBins.tenth(bin)] = Math.round(score * BILLION);
        double error = score - (positive ? 1 : 0);
        double probability = Math.max(LEAST, positive ? score : 1 - score);
        return new ScoreHistogram(
                new int[] {2 * bin + (positive ? 1 : 0)},
                new long[] {1},
                scores,
                Math.round(error * error * BILLION),
                Math.round(-StrictMath.log(probability) * BILLION)); // the same to the bit on every machine
    }

    /** What an outcome adds; a correction takes back what the outcome before it added. */
    public static ScoreHistogram of(Outcome outcome) {
        ScoreHistogram now = of(outcome.getScore(), outcome.getPositive());
        return outcome.getCorrection() ? now.minus(of(outcome.getScore(), !outcome.getPositive())) : now;
    }

    public ScoreHistogram plus(ScoreHistogram other) {
        return with(other, 1);
    }

    public ScoreHistogram minus(ScoreHistogram part) {
        return with(part, -1);
    }

    private ScoreHistogram with(ScoreHistogram other, int times) {
        int[] bothPlaces = new int[places.length + other.places.length];
        long[] bothCounts = new long[bothPlaces.length];
        int size = 0;
        int l = 0;
        int r = 0;
        while (l < places.length || r < other.places.length) {
            int left = l < places.length ? places[l] : Integer.MAX_VALUE;
            int right = r < other.places.length ? other.places[r] : Integer.MAX_VALUE;
            long count = left <= right ? counts[l++] : 0;
            if (right <= left) {
                count = exactly(count, other.counts[r++], times);
            }
            if (count != 0) {
                bothPlaces[size] = Math.min(left, right);
                bothCounts[size++] = count;
            }
        }
        long[] bothScores = new long[ScoreBins.TENTHS];
        Arrays.setAll(bothScores, tenth -> exactly(scores[tenth], other.scores[tenth], times));
        return new ScoreHistogram(
                Arrays.copyOf(bothPlaces, size),
                Arrays.copyOf(bothCounts, size),
                bothScores,
                exactly(squaredErrors, other.squaredErrors, times),
                exactly(logLosses, other.logLosses, times));
    }

    /** Overflow fails here, not as a better model. */
    private static long exactly(long left, long right, int times) {
        return times > 0 ? Math.addExact(left, right) : Math.subtractExact(left, right);
    }

    /** Whether it takes back no more than it has: the sum of all parts does not. */
    public boolean whole() {
        return Arrays.stream(counts).allMatch(count -> count > 0);
    }

    /** How many predictions. */
    public long predictions() {
        return Arrays.stream(counts).reduce(0, Math::addExact);
    }

    /** How many of them warned of what came true. */
    public long positives() {
        long positives = 0;
        for (int i = 0; i < places.length; i++) {
            positives = places[i] % 2 == 1 ? Math.addExact(positives, counts[i]) : positives;
        }
        return positives;
    }

    /**
     * The predictions whose scores lie in one bin.
     *
     * @param from      the least score in it
     * @param to        the least score that is past it; 1 is in the last bin all the same
     * @param negatives how many did not come true
     * @param positives how many came true
     */
    public record Bin(double from, double to, long negatives, long positives) {}

    /** The bins that hold anything, by rising scores. */
    public List<Bin> getBins() {
        List<Bin> bins = new ArrayList<>(places.length);
        for (int i = 0; i < places.length; i++) {
            int bin = places[i] / 2;
            boolean positive = places[i] % 2 == 1;
            boolean both = !positive && i + 1 < places.length && places[i + 1] / 2 == bin;
            bins.add(new Bin(
                    ScoreBins.from(bin),
                    ScoreBins.from(bin + 1),
                    positive ? 0 : counts[i],
                    positive ? counts[i] : both ? counts[i + 1] : 0));
            i += both ? 1 : 0;
        }
        return bins;
    }

    /** The sum of the scores from 0 to 0.1, from 0.1 to 0.2 and so on, in billionths. */
    public long[] getScoreBillionthsByTenth() {
        return scores.clone();
    }

    /** The sum of the squares of score less outcome, in billionths. */
    public long getSquaredErrorBillionths() {
        return squaredErrors;
    }

    /** The sum of the negative natural logarithms of the probability given to what came true, in billionths. */
    public long getLogLossBillionths() {
        return logLosses;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ScoreHistogram that
                && Arrays.equals(places, that.places)
                && Arrays.equals(counts, that.counts)
                && Arrays.equals(scores, that.scores)
                && squaredErrors == that.squaredErrors
                && logLosses == that.logLosses;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(new long[] {
            Arrays.hashCode(places), Arrays.hashCode(counts), Arrays.hashCode(scores), squaredErrors, logLosses
        });
    }

    @Override
    public String toString() {
        return predictions() + " predictions, " + positives() + " positive, " + getBins();
    }

    private static final class ScoreHistogramMonoid implements Group<ScoreHistogram> {
        @Override
        public ScoreHistogram empty() {
            return EMPTY;
        }

        @Override
        public ScoreHistogram plus(ScoreHistogram left, ScoreHistogram right) {
            return left.plus(right);
        }

        @Override
        public ScoreHistogram minus(ScoreHistogram sum, ScoreHistogram part) {
            return sum.minus(part);
        }

        @Override
        public void write(ScoreHistogram histogram, Encoder out) throws IOException {
            out.writeInt(histogram.places.length);
            int before = 0;
            for (int i = 0; i < histogram.places.length; i++) {
                out.writeInt(histogram.places[i] - before);
                out.writeLong(histogram.counts[i]);
                before = histogram.places[i];
            }
            for (long score : histogram.scores) {
                out.writeLong(score);
            }
            out.writeLong(histogram.squaredErrors);
            out.writeLong(histogram.logLosses);
        }

        @Override
        public ScoreHistogram read(Decoder in) throws IOException {
            int size = in.readInt();
            int[] places = new int[size];
            long[] counts = new long[size];
            int before = 0;
            for (int i = 0; i < size; i++) {
                before += in.readInt();
                places[i] = before;
                counts[i] = in.readLong();
            }
            long[] scores = new long[ScoreBins.TENTHS];
            for (int tenth = 0; tenth < scores.length; tenth++) {
                scores[tenth] = in.readLong();
            }
            return new ScoreHistogram(places, counts, scores, in.readLong(), in.readLong());
        }
    }
}
