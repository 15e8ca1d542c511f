package dev.anabranch.benchmarks.topn;

import com.cloudera.oryx.app.als.RescorerProvider;
import com.cloudera.oryx.app.serving.als.DotsFunction;
import com.cloudera.oryx.app.serving.als.model.ALSServingModel;
import com.cloudera.oryx.common.collection.Pair;
import dev.anabranch.benchmarks.Contender;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/** The model that Oryx 2 serves from: every item looked at with a sample rate of 1, else those in near enough partitions. */
public final class OryxSearch implements Contender {
    private final ALSServingModel model;
    private final float[][] asked;

    /**
     * @param arguments the file of {@link Factors}, and the sample rate. Oryx fills a model from its topics only, from
     *     within the package; so it is filled by reflection here, vector by vector as there
     */
    public OryxSearch(String[] arguments) throws IOException, ReflectiveOperationException {
        Factors factors = Factors.read(Path.of(arguments[0]));
        Constructor<ALSServingModel> made = ALSServingModel.class.getDeclaredConstructor(
                int.class, boolean.class, double.class, RescorerProvider.class);
        made.setAccessible(true);
        model = made.newInstance(factors.items()[0].length, true, Double.parseDouble(arguments[1]), null);
        Method set = ALSServingModel.class.getDeclaredMethod("setItemVector", String.class, float[].class);
        set.setAccessible(true);
        for (int item = 0; item < factors.items().length; item++) {
            set.invoke(model, Factors.name(item), factors.items()[item]);
        }
        asked = factors.asked();
    }

    @Override
    public Work round() {
        long digest = 0;
        for (float[] query : asked) {
            for (String name : found(query)) {
                digest += TopNBenchmark.digest(query, name);
            }
        }
        return new Work(asked.length, digest);
    }

    Set<String> found(float[] query) {
        return model.topN(new DotsFunction(query), null, TopNBenchmark.BEST, null)
                .map(Pair::getFirst)
                .collect(Collectors.toSet());
    }
}
