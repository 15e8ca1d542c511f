package dev.anabranch.benchmarks.topn;

import com.cloudera.oryx.common.math.VectorMath;
import dev.anabranch.benchmarks.Contender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.PriorityQueue;

/** How many of the true best {@link OryxSearch} finds at a sample rate: its digest is their number. */
public final class HashedRecall implements Contender {
    private final OryxSearch hashed;
    private final Factors factors;

    /** @param arguments as {@link OryxSearch} takes them */
    public HashedRecall(String[] arguments) throws IOException, ReflectiveOperationException {
        hashed = new OryxSearch(arguments);
        factors = Factors.read(Path.of(arguments[0]));
    }

    @Override
    public Work round() {
        long hits = 0;
        for (float[] query : factors.asked()) {
            PriorityQueue<Scored> best = new PriorityQueue<>(Comparator.comparingDouble(Scored::product));
            for (int item = 0; item < factors.items().length; item++) {
                double product = VectorMath.dot(query, factors.items()[item]);
                if (best.size() < TopNBenchmark.BEST || product > best.peek().product()) {
                    best.add(new Scored(Factors.name(item), product));
                    if (best.size() > TopNBenchmark.BEST) {
                        best.remove();
                    }
                }
            }
            var found = hashed.found(query);
            hits += best.stream().filter(one -> found.contains(one.name())).count();
        }
        return new Work((long) factors.asked().length * TopNBenchmark.BEST, hits);
    }

    private record Scored(String name, double product) {}
}
