package dev.anabranch.learning;

import dev.anabranch.event.EventType;
import dev.anabranch.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a use case declares so that a model of it learns as labels arrive.
 *
 * @param name     of the model: the use case
 * @param examples what is learnt from
 * @param inputs   how the values of each feature are told apart, by the feature's name, in the order of the features
 * @param ftrl     how it is learnt
 */
public record Learning(
        String name, EventType<LabelledExample> examples, Map<String, Buckets> inputs, FtrlProximal ftrl) {
    /** @param inputs in the order of the features, which they keep */
    public Learning {
        inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("What " + name + " learns from must have features, got none");
        }
    }

    /** The examples that the model of {@code useCase} learns from. All carry one key, so all lie in one order. */
    public static EventType<LabelledExample> examplesOf(String useCase) {
        return EventType.named(useCase + "-example", LabelledExample.class)
                .identifiedBy("exampleId", LabelledExample::getExampleId)
                .happenedAt(LabelledExample::getEventTimeMillis)
                .keyedBy("learner", LabelledExample::getLearner)
                .identifier("eventId", LabelledExample::getEventId)
                .derived()
                .declare();
    }

    /** The names of the features, in order. */
    public List<String> features() {
        return List.copyOf(inputs.keySet());
    }

    /** The buckets of each feature, in the order of the features. */
    public List<Buckets> buckets() {
        return List.copyOf(inputs.values());
    }

    /** How many weights there are: one for each bucket of each feature, and the intercept. */
    public int coordinates() {
        return 1 + inputs.values().stream().mapToInt(Buckets::count).sum();
    }

    /** Tells two declarations apart under which the same examples make different weights. */
    public String fingerprint() {
        String declaration = name + "\nfeatures "
                + inputs.entrySet().stream()
                        .map(input -> input.getKey() + " " + input.getValue())
                        .collect(Collectors.joining("\n"))
                + "\n" + ftrl;
        return Sha256.of(declaration.getBytes(StandardCharsets.UTF_8));
    }
}
