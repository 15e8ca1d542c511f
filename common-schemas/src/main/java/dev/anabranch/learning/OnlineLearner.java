package dev.anabranch.learning;

import dev.anabranch.contract.Wire;
import dev.anabranch.quality.ScoreHistogram;
import dev.anabranch.view.Position;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * A model that learns from one example after the other, each once and in the order of the log: what it has learnt is a fold
 * over the examples before a position, the same to the bit wherever it is made.
 *
 * <p>It scores each example before it learns from it. So its score is one of an example it has not seen, and all of them
 * together say how good it has been: progressive validation. For one thread.
 */
public final class OnlineLearner {
    /** How what was learnt is written. */
    public static final Wire<Learnt> WIRE = Wire.of(Learnt.class);

    private final Learning learning;
    private final String definition;
    private final List<String> features;
    private final List<Buckets> buckets;
    private final double[] z;
    private final double[] n;
    private final int[] active; // of the example at hand
    private long labels;
    private long positives;
    private Position last;
    private ScoreHistogram progressive;
    private ScoreHistogram recent;

    /** One that has learnt nothing. */
    public OnlineLearner(Learning learning) {
        this.learning = learning;
        definition = learning.fingerprint();
        features = learning.features();
        buckets = learning.buckets();
        z = new double[learning.coordinates()];
        n = new double[z.length];
        active = new int[1 + buckets.size()];
        progressive = ScoreHistogram.MONOID.empty();
        recent = ScoreHistogram.MONOID.empty();
    }

    /**
     * One that goes on from where another stood.
     *
     * @throws IllegalArgumentException when that is damaged, or was learnt by another declaration; the message says which
     */
    public static OnlineLearner of(Learning learning, Learnt learnt) {
        requireDeclaration(learning, learnt);
        OnlineLearner learner = new OnlineLearner(learning);
        doubles("z", learnt.getZ(), learner.z);
        doubles("n", learnt.getN(), learner.n);
        for (double square : learner.n) {
            require(square >= 0, "n must hold sums of squares", square);
        }
        learner.labels = learnt.getLabels();
        learner.positives = learnt.getPositives();
        require(
                learner.positives >= 0 && learner.positives <= learner.labels,
                "positives must be from 0 to the labels, " + learner.labels,
                learner.positives);
        learner.last = learnt.getTopic().isEmpty()
                ? null
                : Position.of(learnt.getTopic(), learnt.getPartition(), learnt.getNextOffset() - 1);
        learner.progressive = histogram(learnt.getProgressive());
        learner.recent = histogram(learnt.getRecent());
        require(
                learner.progressive.predictions() == learner.labels,
                "progressive must have as many scores as there were labels, " + learner.labels,
                learner.progressive.predictions());
        return learner;
    }

    private static void requireDeclaration(Learning learning, Learnt learnt) {
        require(learnt.getName().equals(learning.name()), "name must be " + learning.name(), learnt.getName());
        require(
                learnt.getFeatures().equals(learning.features()),
                "features must be those of the declaration, " + learning.features(),
                learnt.getFeatures());
        require(
                learnt.getDefinition().equals(learning.fingerprint()),
                "definition must be that of today, " + learning.fingerprint(),
                learnt.getDefinition());
    }

    /**
     * The probability that it gives to a row of features.
     *
     * @param features one for each of the declaration's; one that is no finite number says nothing
     * @return from 0 to 1
     */
    public double score(List<Float> features) {
        activate(features);
        return FtrlProximal.sigmoid(logOdds());
    }

    /**
     * Scores an example, and learns from it.
     *
     * @param position where it stands in the log: after the one before
     * @return the score it had before it was learnt from
     * @throws IllegalStateException when it was learnt from before, or lies in another order; both positions are named
     */
    public double learn(Position position, List<Float> features, boolean positive) {
        passOver(position);
        activate(features);
        double score = FtrlProximal.sigmoid(logOdds());
        double gradient = score - (positive ? 1 : 0);
        for (int at : active) {
            if (at >= 0) {
                z[at] += learning.ftrl().gain(n[at], gradient, learning.ftrl().weight(z[at], n[at]));
                n[at] += gradient * gradient;
            }
        }
        ScoreHistogram scored = ScoreHistogram.of(score, positive);
        progressive = progressive.plus(scored);
        recent = recent.plus(scored);
        labels++;
        positives += positive ? 1 : 0;
        return score;
    }

    /**
     * Leaves out what stands at a position, and all before it.
     *
     * @throws IllegalStateException when it has been past it already, or it lies in another partition
     */
    public void passOver(Position position) {
        if (last != null && (!last.origin().equals(position.origin()) || last.offset() >= position.offset())) {
            throw new IllegalStateException("An example of " + learning.name() + " must come after " + last
                    + ", the last one learnt from, got " + position);
        }
        last = position;
    }

    /** Forgets what was learnt and not where: what comes next is learnt from as the first. */
    public static OnlineLearner anew(Learning learning, Learnt before) {
        OnlineLearner learner = new OnlineLearner(learning);
        learner.last = before.getTopic().isEmpty()
                ? null
                : Position.of(before.getTopic(), before.getPartition(), before.getNextOffset() - 1);
        return learner;
    }

    /** How many examples it has learnt from. */
    public long labels() {
        return labels;
    }

    /** How every example was scored before it was learnt from. */
    public ScoreHistogram progressive() {
        return progressive;
    }

    /** The same of those since {@link #published}. */
    public ScoreHistogram recent() {
        return recent;
    }

    /** From here on, {@link #recent} counts anew. */
    public void published() {
        recent = ScoreHistogram.MONOID.empty();
    }

    /** The weight of each coordinate: of the intercept, then of the buckets of each feature, in order. */
    public double[] weights() {
        double[] weights = new double[z.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = learning.ftrl().weight(z[i], n[i]);
        }
        return weights;
    }

    /** All there is to know of it. */
    public Learnt toLearnt() {
        return new Learnt(
                learning.name(),
                definition,
                features,
                labels,
                positives,
                last == null ? "" : last.origin().topic(),
                last == null ? 0 : last.origin().partition(),
                last == null ? 0 : last.offset() + 1,
                bytes(z),
                bytes(n),
                bytes(progressive),
                bytes(recent));
    }

    private void activate(List<Float> features) {
        if (features.size() != buckets.size()) {
            throw new IllegalArgumentException("An example of " + learning.name() + " must have " + buckets.size()
                    + " features, got " + features.size());
        }
        int first = 1; // 0 is the intercept
        for (int i = 0; i < buckets.size(); i++) {
            int bucket = buckets.get(i).of(features.get(i));
            active[1 + i] = bucket == Buckets.NONE ? -1 : first + bucket;
            first += buckets.get(i).count();
        }
    }

    private double logOdds() {
        double sum = 0;
        for (int at : active) {
            sum += at < 0 ? 0 : learning.ftrl().weight(z[at], n[at]);
        }
        return sum;
    }

    private static ByteBuffer bytes(double[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES);
        bytes.asDoubleBuffer().put(values);
        return bytes;
    }

    private static void doubles(String field, ByteBuffer bytes, double[] values) {
        require(
                bytes.remaining() == values.length * Double.BYTES,
                field + " must have " + values.length + " doubles",
                bytes.remaining() + " bytes");
        bytes.duplicate().asDoubleBuffer().get(values);
        for (double value : values) {
            require(Double.isFinite(value), field + " must hold numbers", value);
        }
    }

    private static ByteBuffer bytes(ScoreHistogram histogram) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
            BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);
            ScoreHistogram.MONOID.write(histogram, out);
            out.flush();
            return ByteBuffer.wrap(bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException("Memory does not fail to be written", e);
        }
    }

    private static ScoreHistogram histogram(ByteBuffer bytes) {
        try {
            return ScoreHistogram.MONOID.read(DecoderFactory.get().binaryDecoder(Wire.bytes(bytes), null));
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException("What scores were given cannot be read: " + e.getMessage(), e);
        }
    }

    private static void require(boolean holds, String rule, Object got) {
        if (!holds) {
            throw new IllegalArgumentException("What was learnt is not usable: its " + rule + ", got " + got);
        }
    }
}
