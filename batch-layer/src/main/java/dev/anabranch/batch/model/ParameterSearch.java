package dev.anabranch.batch.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Which parameters are tried: all combinations of the values of each, or some of them at random. Each combination is tried
 * once.
 *
 * @param values what each parameter may be, by name
 */
public record ParameterSearch(Map<String, List<Double>> values) {
    public ParameterSearch {
        values = new LinkedHashMap<>(values);
        values.forEach((name, all) -> {
            if (all.isEmpty() || all.stream().distinct().count() != all.size()) {
                throw new IllegalArgumentException(
                        "The values of " + name + " must be different and at least one, got " + all);
            }
        });
    }

    /** All combinations; the last parameter changes fastest. */
    public List<Map<String, Double>> grid() {
        List<Map<String, Double>> combinations = List.of(Map.of());
        for (Map.Entry<String, List<Double>> parameter : values.entrySet()) {
            List<Map<String, Double>> longer = new ArrayList<>();
            for (Map<String, Double> combination : combinations) {
                for (double value : parameter.getValue()) {
                    Map<String, Double> one = new LinkedHashMap<>(combination);
                    one.put(parameter.getKey(), value);
                    longer.add(one);
                }
            }
            combinations = longer;
        }
        return combinations;
    }

    /** So many of the combinations, all of them when there are no more; which, the seed says. */
    public List<Map<String, Double>> random(int most, long seed) {
        List<Map<String, Double>> shuffled = new ArrayList<>(grid());
        Collections.shuffle(shuffled, new Random(seed));
        return List.copyOf(shuffled.subList(0, Math.min(most, shuffled.size())));
    }
}
