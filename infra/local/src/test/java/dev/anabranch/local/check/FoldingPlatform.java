package dev.anabranch.local.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.view.Origin;
import dev.anabranch.view.View;
import dev.anabranch.view.oracle.NaiveFold;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A platform that folds the events it was given and knows of no others: right or wrong as a test wants it. */
final class FoldingPlatform {
    private static final View<CustomerActivity> VIEW = FraudViews.CUSTOMER;

    private final ObjectMapper json = new ObjectMapper();
    private final List<NaiveFold.Entry> folded;
    private final Map<Origin, Long> asOf = new TreeMap<>();

    /** @param folded what it folds, each as often as it is listed */
    FoldingPlatform(List<NaiveFold.Entry> folded) {
        this.folded = folded;
        folded.forEach(
                entry -> asOf.merge(entry.position().origin(), entry.position().offset() + 1, Math::max));
    }

    /** It says that it knows the log up to here, whether it folded it or not. */
    FoldingPlatform claiming(Origin origin, long offset) {
        asOf.put(origin, offset);
        return this;
    }

    String answer(String asked) {
        try {
            JsonNode question = json.readTree(asked);
            ObjectNode answers = json.createObjectNode();
            ArrayNode each = answers.putArray("answers");
            for (JsonNode entity : question.get("entities")) {
                each.add(answer(entity.asText(), question.get("at").asLong()));
            }
            return json.writeValueAsString(answers);
        } catch (IOException e) {
            throw new UncheckedIOException("A question is JSON, got " + asked, e);
        }
    }

    private ObjectNode answer(String entity, long at) {
        ObjectNode answer = json.createObjectNode().put("entity", entity).put("atMillis", at);
        ArrayNode windows = answer.putArray("windows");
        NaiveFold.fold(VIEW, folded, (position, arrival) -> true, entity, at).forEach(sum -> {
            ObjectNode merged = windows.addObject().putObject("merged");
            merged.set("aggregate", json.valueToTree(sum));
            ObjectNode measures = merged.putObject("measures");
            VIEW.measures().forEach((name, measure) -> measures.put(name, measure.applyAsDouble(sum)));
        });
        ObjectNode provenance = answer.putObject("provenance").put("exact", true);
        ArrayNode known = provenance.putArray("asOf");
        asOf.forEach((origin, offset) -> known.addObject()
                .put("topic", origin.topic())
                .put("partition", origin.partition())
                .put("offset", offset));
        return answer;
    }
}
