package dev.anabranch.benchmarks.kernels;

import dev.anabranch.contract.BatchRow;
import dev.anabranch.contract.Wire;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.learning.Learning;
import dev.anabranch.learning.OnlineLearner;
import dev.anabranch.model.OnnxScorer;
import dev.anabranch.model.UnusableModelException;
import dev.anabranch.view.Contribution;
import dev.anabranch.view.MemoryKeyValues;
import dev.anabranch.view.Reading;
import dev.anabranch.view.SpeedWriter;
import dev.anabranch.view.Tiles;
import dev.anabranch.view.ViewKeys;
import dev.anabranch.view.ViewReader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What is done for every event and for every question. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Kernels {
    private static final Wire<Transaction> WIRE = Wire.of(Transaction.class);

    /** Nine features of one entity: batch part and cells read, merged and measured. */
    @State(Scope.Thread)
    public static class Merge {
        @Param({"0", "24", "216"})
        public int tiles;

        @Param({"0", "24", "1000"})
        public int cells;

        private ViewReader<CustomerActivity> reader;

        @Setup
        public void fill() {
            reader = new ViewReader<>(OneEntity.VIEW, OneEntity.batch(tiles), OneEntity.speed(cells));
        }
    }

    @Benchmark
    public double merge(Merge merge) {
        Reading<CustomerActivity> reading = merge.reader.read(OneEntity.NAME, OneEntity.NOW);
        double sum = 0;
        for (CustomerActivity window : reading.merged().values()) {
            sum += window.payments() + window.totalCents() + window.meanCents();
        }
        return sum;
    }

    /** An event folded into a cell of its own, as exact windows have it. */
    @State(Scope.Thread)
    public static class Fold {
        private static final int BEFORE_ANEW = 200_000;

        private SplittableRandom random;
        private SpeedWriter<CustomerActivity> writer;
        private long offset;

        @Setup(Level.Iteration)
        public void begin() {
            random = new SplittableRandom(3);
            anew();
        }

        private void anew() {
            writer = new SpeedWriter<>(OneEntity.VIEW, new MemoryKeyValues());
            offset = 0;
        }
    }

    @Benchmark
    public long fold(Fold fold) {
        if (fold.offset == Fold.BEFORE_ANEW) {
            fold.anew();
        }
        Contribution<CustomerActivity> payment = OneEntity.payment(fold.random);
        fold.writer.fold(payment, OneEntity.position(fold.offset));
        return fold.offset++;
    }

    /** A labelled prediction learnt from by the online model of fraud, and what it knows then as bytes. */
    @State(Scope.Thread)
    public static class Learn {
        private final Learning learning = new FraudUseCase().learning().orElseThrow();
        private final OnlineLearner learner = new OnlineLearner(learning);
        private final SplittableRandom random = new SplittableRandom(3);
        private long offset;

        List<Float> features() {
            return learning.features().stream()
                    .map(feature -> (float) StrictMath.exp(random.nextDouble(-3, 10)))
                    .toList();
        }
    }

    @Benchmark
    public double learn(Learn learn) {
        return learn.learner.learn(
                OneEntity.position(learn.offset++), learn.features(), learn.random.nextInt(100) == 0);
    }

    @Benchmark
    public byte[] learnAndEncode(Learn learn) {
        learn(learn);
        return OnlineLearner.WIRE.encode(learn.learner.toLearnt());
    }

    /** Payments scored by trees in ONNX Runtime: as many and as deep as are trained unless told otherwise. */
    @State(Scope.Thread)
    public static class Score {
        private static final int TREES = 60;
        private static final int DEPTH = 3;

        private final OnnxScorer trees;
        private final double[][] payments;

        public Score() {
            int width = FraudFeatures.NAMES.size();
            try {
                trees = new OnnxScorer(new FullTrees(TREES, DEPTH, width, 4).file());
            } catch (UnusableModelException e) {
                throw new IllegalStateException(e);
            }
            SplittableRandom random = new SplittableRandom(5);
            payments = Stream.generate(() -> random.doubles(width).toArray())
                    .limit(100)
                    .toArray(double[][]::new);
        }

        @TearDown
        public void end() {
            trees.close();
        }
    }

    @Benchmark
    public double scoreOneByTrees(Score score) {
        return score.trees.score(score.payments[0]);
    }

    @Benchmark
    public double[] scoreHundredByTrees(Score score) {
        return score.trees.score(score.payments);
    }

    /** What goes over the wire. */
    @State(Scope.Thread)
    public static class Messages {
        private final Transaction payment = new Transaction("t-1", OneEntity.NOW, "c-1", "m-1", 4_200L);
        private final byte[] event = WIRE.encode(payment);
        private final byte[] row = OneEntity.batch(24).get(ViewKeys.row(OneEntity.NAME));
        private final Tiles<CustomerActivity> tiles = tiles(row);

        static Tiles<CustomerActivity> tiles(byte[] row) {
            ByteBuffer bytes = Wire.BATCH_ROW.decode(row).getTiles();
            byte[] own = new byte[bytes.remaining()];
            bytes.get(own);
            return Tiles.fromBytes(OneEntity.VIEW, own);
        }
    }

    @Benchmark
    public byte[] encodeEvent(Messages messages) {
        return WIRE.encode(messages.payment);
    }

    @Benchmark
    public Transaction decodeEvent(Messages messages) {
        return WIRE.decode(messages.event);
    }

    @Benchmark
    public byte[] encodeRow(Messages messages) {
        return Wire.BATCH_ROW.encode(new BatchRow(1L, ByteBuffer.wrap(messages.tiles.toBytes())));
    }

    @Benchmark
    public Tiles<CustomerActivity> decodeRow(Messages messages) {
        return Messages.tiles(messages.row);
    }
}
