package dev.anabranch.local.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anabranch.view.Contribution;
import dev.anabranch.view.Known;
import dev.anabranch.view.View;
import dev.anabranch.view.Window;
import dev.anabranch.view.oracle.NaiveFold;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An answer of the platform beside the naive fold: aggregates and measures must be equal to the bit. */
final class Comparison {
    private static final int EVENTS_TOLD = 20;

    private final ObjectMapper json = new ObjectMapper();

    /**
     * What differs first.
     *
     * @param what   in which window, what it must be and what it is
     * @param events the known events that the fold found in that window, the first 20: where each stands, when it
     *     arrived, when it happened, what it counts as
     */
    record Difference(String what, List<String> events) {
        @Override
        public String toString() {
            return what;
        }
    }

    /** @param events all there are of the entity */
    <A> Optional<Difference> of(
            View<A> view, String entity, JsonNode answer, List<NaiveFold.Entry> events, Known known) {
        long at = answer.get("atMillis").asLong();
        List<A> expected = NaiveFold.fold(view, events, known, entity, at);
        for (int i = 0; i < expected.size(); i++) {
            Window window = view.windows().get(i);
            Optional<String> what = inWindow(
                    view,
                    window,
                    at,
                    expected.get(i),
                    answer.get("windows").get(i).get("merged"));
            if (what.isPresent()) {
                return Optional.of(new Difference(
                        what.get() + " as of " + answer.get("provenance"),
                        told(view, entity, window, at, events, known)));
            }
        }
        return Optional.empty();
    }

    private <A> Optional<String> inWindow(View<A> view, Window window, long at, A expected, JsonNode merged) {
        JsonNode aggregate = aggregate(expected);
        if (!aggregate.equals(merged.get("aggregate"))) {
            return Optional.of("window " + window.label() + " at " + at + " must be " + aggregate + ", got "
                    + merged.get("aggregate"));
        }
        for (var measure : view.measures().entrySet()) {
            double must = measure.getValue().applyAsDouble(expected);
            double got = merged.get("measures").get(measure.getKey()).asDouble();
            if (Double.doubleToRawLongBits(must) != Double.doubleToRawLongBits(got)) {
                return Optional.of("measure " + measure.getKey() + "." + window.label() + " at " + at + " must be "
                        + must + ", got " + got);
            }
        }
        return Optional.empty();
    }

    /** As JSON that was read: the same numbers become the same nodes. */
    private JsonNode aggregate(Object aggregate) {
        try {
            return json.readTree(json.writeValueAsBytes(aggregate));
        } catch (IOException e) {
            throw new IllegalStateException("An aggregate is a record and can be written as JSON: " + aggregate, e);
        }
    }

    private static <A> List<String> told(
            View<A> view, String entity, Window window, long at, List<NaiveFold.Entry> events, Known known) {
        List<String> told = new ArrayList<>();
        int inWindow = 0;
        for (NaiveFold.Entry entry : events) {
            if (known.includes(entry.position(), entry.arrivalMillis())) {
                for (Contribution<A> counts :
                        view.contributions(entry.position().origin().topic(), entry.event())) {
                    if (counts.entity().equals(entity) && window.contains(counts.tileStart(), at)) {
                        inWindow++;
                        if (inWindow <= EVENTS_TOLD) {
                            told.add(entry.position() + " arrived " + Instant.ofEpochMilli(entry.arrivalMillis())
                                    + ", counts at " + Instant.ofEpochMilli(counts.tileStart()) + " as "
                                    + counts.aggregate());
                        }
                    }
                }
            }
        }
        if (inWindow > EVENTS_TOLD) {
            told.add("and " + (inWindow - EVENTS_TOLD) + " more");
        }
        return told;
    }
}
