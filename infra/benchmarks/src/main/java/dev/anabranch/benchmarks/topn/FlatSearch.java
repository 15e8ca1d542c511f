package dev.anabranch.benchmarks.topn;

import dev.anabranch.benchmarks.Contender;
import dev.anabranch.vectors.Vectors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Ours: flat arrays in the order of norms, searched to the end or to the bound. */
public final class FlatSearch implements Contender {
    private final Vectors vectors;
    private final float[][] asked;

    /** @param arguments the file of {@link Factors} */
    public FlatSearch(String[] arguments) throws IOException {
        Factors factors = Factors.read(Path.of(arguments[0]));
        int rank = factors.items()[0].length;
        List<String> names = new ArrayList<>();
        float[] flat = new float[factors.items().length * rank];
        for (int item = 0; item < factors.items().length; item++) {
            names.add(Factors.name(item));
            System.arraycopy(factors.items()[item], 0, flat, item * rank, rank);
        }
        vectors = Vectors.of(names, rank, flat);
        asked = factors.asked();
    }

    @Override
    public Work round() {
        long digest = 0;
        for (float[] query : asked) {
            for (Vectors.Found found : vectors.top(query, TopNBenchmark.BEST, name -> true)) {
                digest += TopNBenchmark.digest(query, found.name());
            }
        }
        return new Work(asked.length, digest);
    }
}
