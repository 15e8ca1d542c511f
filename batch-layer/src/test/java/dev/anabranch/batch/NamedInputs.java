package dev.anabranch.batch;

import dev.anabranch.contract.Prediction;
import dev.anabranch.event.EventType;
import dev.anabranch.model.Question;
import dev.anabranch.quality.Outcome;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import java.util.List;
import java.util.Map;

/** A question of which only the names of its inputs matter: whoever asks it of an event has taken a wrong turn. */
public record NamedInputs(List<String> featureNames) implements Question<Outcome> {
    @Override
    public EventType<Outcome> event() {
        throw nobodyAsks();
    }

    @Override
    public List<View<?>> views() {
        return List.of();
    }

    @Override
    public String entity(View<?> view, Outcome event) {
        throw nobodyAsks();
    }

    @Override
    public String subject(Outcome event) {
        throw nobodyAsks();
    }

    @Override
    public String subjectField() {
        throw nobodyAsks();
    }

    @Override
    public double[] features(Outcome event, List<WindowValues<?>> values) {
        throw nobodyAsks();
    }

    @Override
    public List<WindowOf> windowsOf(String feature) {
        return List.of();
    }

    @Override
    public Map<String, String> about(Outcome event) {
        return Map.of();
    }

    @Override
    public Outcome asked(Prediction prediction) {
        throw nobodyAsks();
    }

    private static AssertionError nobodyAsks() {
        return new AssertionError("This question must not be asked of an event");
    }
}
