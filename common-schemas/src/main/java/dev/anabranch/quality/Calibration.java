package dev.anabranch.quality;

import dev.anabranch.quality.ScoreHistogram.Bin;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What a score means: how often what it warned of came true, by the predictions that have met their labels. A score that is higher
 * never means less.
 *
 * <p>The shares of positives by rising bins of scores are made to rise by pooling those next to each other that do not
 * (isotonic regression), and between the middles of the pools the share is read off a straight line, so that scores which
 * differ mostly go on to differ.
 *
 * @see <a href="https://doi.org/10.1145/775047.775151">Zadrozny and Elkan, 2002: Transforming classifier scores into accurate
 *     multiclass probability estimates</a>
 * @see <a href="https://doi.org/10.1214/aoms/1177728423">Ayer, Brunk, Ewing, Reid and Silverman, 1955: the pooling of adjacent
 *     violators</a>
 */
public final class Calibration {
    private final double[] scores; // the middle of each pool, rising
    private final double[] shares; // of positives in it, never falling
    private final long predictions;
    private final long positives;

    private Calibration(double[] scores, double[] shares, long predictions, long positives) {
        this.scores = scores;
        this.shares = shares;
        this.predictions = predictions;
        this.positives = positives;
    }

    /** Neighbours whose share of positives is one. */
    private record Pool(double scores, double positives, double predictions) {
        double share() {
            return positives / predictions;
        }

        Pool with(Pool other) {
            return new Pool(scores + other.scores, positives + other.positives, predictions + other.predictions);
        }
    }

    /**
     * @param histogram what has met its label
     * @param least     how many positives and how many negatives there must be; 1 or more
     * @return empty when there are fewer, or the histogram is a part of a sum that holds less than nothing
     */
    public static Optional<Calibration> of(ScoreHistogram histogram, long least) {
        if (least < 1) {
            throw new IllegalArgumentException("A calibration must need 1 positive or more, got " + least);
        }
        if (!histogram.whole()) {
            return Optional.empty();
        }
        long predictions = histogram.predictions();
        long positives = histogram.positives();
        if (positives < least || predictions - positives < least) {
            return Optional.empty();
        }
        List<Pool> pools = pools(histogram.getBins());
        return Optional.of(new Calibration(
                pools.stream()
                        .mapToDouble(pool -> pool.scores() / pool.predictions())
                        .toArray(),
                pools.stream().mapToDouble(Pool::share).toArray(),
                predictions,
                positives));
    }

    private static List<Pool> pools(List<Bin> rising) {
        Deque<Pool> pools = new ArrayDeque<>();
        for (Bin bin : rising) {
            double size = bin.negatives() + bin.positives();
            Pool pool = new Pool((bin.from() + bin.to()) / 2 * size, bin.positives(), size);
            while (!pools.isEmpty() && pools.peekLast().share() >= pool.share()) {
                pool = pools.removeLast().with(pool);
            }
            pools.addLast(pool);
        }
        return List.copyOf(pools);
    }

    /**
     * The probability that a score stands for.
     *
     * @param score from 0 to 1
     */
    public double of(double score) {
        if (!(score >= 0 && score <= 1)) {
            throw new IllegalArgumentException("A score must be from 0 to 1, got " + score);
        }
        int found = Arrays.binarySearch(scores, score);
        if (found >= 0) {
            return shares[found];
        }
        int next = -found - 1;
        if (next == 0) {
            return shares[0];
        }
        if (next == scores.length) {
            return shares[next - 1];
        }
        double way = (score - scores[next - 1]) / (scores[next] - scores[next - 1]);
        return shares[next - 1] + way * (shares[next] - shares[next - 1]);
    }

    /** How many predictions it is known from. */
    public long predictions() {
        return predictions;
    }

    /** How many of them came true. */
    public long positives() {
        return positives;
    }
}
