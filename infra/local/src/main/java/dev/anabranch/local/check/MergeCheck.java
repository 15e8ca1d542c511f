package dev.anabranch.local.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Known;
import dev.anabranch.view.Origin;
import dev.anabranch.view.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares merged views, read over REST, with the naive fold over the log.
 *
 * <p>An answer says which part of the log it knows ({@code asOf}): it must equal the fold over that part, whatever the
 * layers are in the middle of. When the log is at rest, answers must equal the fold over all of it, so that an event that
 * was lost shows.
 *
 * <p>For one thread.
 */
public final class MergeCheck {
    private static final int ENTITIES_A_REQUEST = 250;
    private static final int MISMATCHES_TOLD = 5;

    private final Comparison comparison = new Comparison();
    private final Api api;
    private final List<Given> given = new ArrayList<>();
    private final Map<String, Set<String>> checkedEntities = new HashMap<>();
    private final List<String> told = new ArrayList<>();
    private long checked;
    private long mismatches;
    private long inexact;

    /** An answer that has yet to be compared. */
    private record Given(View<?> view, String entity, JsonNode answer) {}

    public MergeCheck(Api api) {
        this.api = api;
    }

    /**
     * What was found.
     *
     * @param checked    answers compared
     * @param entities   how many entities they were about, by view
     * @param mismatches answers that differ from the fold
     * @param inexact    answers that said themselves that they might differ, and were not compared
     * @param told       the first mismatches, in words
     */
    public record Result(
            long checked, Map<String, Integer> entities, long mismatches, long inexact, List<String> told) {}

    /** Asks about entities as they stand now, in windows that end at {@code atMillis}; {@link #compare} compares later. */
    public void ask(View<?> view, List<String> entities, long atMillis) {
        answers(view, entities, atMillis).forEach((entity, answer) -> given.add(new Given(view, entity, answer)));
    }

    /** Takes an answer about one entity, as REST gave it; {@link #compare} compares later. */
    public void take(View<?> view, String entity, JsonNode answer) {
        given.add(new Given(view, entity, answer));
    }

    /** Compares all answers not compared yet, each with the part of the log it knows. Reads the log as far as it goes. */
    public void compare(EventLog log) {
        log.readToEnd();
        for (Given one : given) {
            JsonNode provenance = one.answer.get("provenance");
            if (!provenance.get("exact").asBoolean()) {
                inexact++;
            } else {
                String difference = difference(one.view, one.entity, one.answer, log, Known.upTo(asOf(provenance)));
                count(one.view, one.entity, difference);
            }
        }
        given.clear();
    }

    /**
     * Asks about entities while the log is at rest, and compares with all of it. What differs is asked about again, until
     * {@code patienceMillis} are over: the last events may still be on their way.
     */
    public void compareAtRest(EventLog log, View<?> view, List<String> entities, long atMillis, long patienceMillis)
            throws InterruptedException {
        log.readToEnd();
        long deadline = System.nanoTime() + patienceMillis * 1_000_000;
        List<String> waiting = entities;
        while (!waiting.isEmpty()) {
            boolean last = System.nanoTime() >= deadline;
            List<String> again = new ArrayList<>();
            answers(view, waiting, atMillis).forEach((entity, answer) -> {
                boolean exact = answer.get("provenance").get("exact").asBoolean();
                String difference = difference(view, entity, answer, log, (position, arrival) -> true);
                if (exact && difference == null || last) {
                    count(view, entity, exact ? difference : "not exact at rest: " + answer.get("provenance"));
                } else {
                    again.add(entity);
                }
            });
            waiting = again;
            if (!waiting.isEmpty()) {
                Thread.sleep(250);
            }
        }
    }

    public Result result() {
        Map<String, Integer> entities = new HashMap<>();
        checkedEntities.forEach((view, checked) -> entities.put(view, checked.size()));
        return new Result(checked, entities, mismatches, inexact, List.copyOf(told));
    }

    private Map<String, JsonNode> answers(View<?> view, List<String> entities, long atMillis) {
        Map<String, JsonNode> answers = new HashMap<>();
        for (int from = 0; from < entities.size(); from += ENTITIES_A_REQUEST) {
            List<String> some = entities.subList(from, Math.min(entities.size(), from + ENTITIES_A_REQUEST));
            JsonNode body = api.postNow("/v1/views/" + view.name(), Map.of("entities", some, "at", atMillis));
            body.get("answers")
                    .forEach(answer -> answers.put(answer.get("entity").asText(), answer));
        }
        return answers;
    }

    private void count(View<?> view, String entity, String difference) {
        checked++;
        checkedEntities.computeIfAbsent(view.name(), v -> new LinkedHashSet<>()).add(entity);
        if (difference != null) {
            mismatches++;
            if (told.size() < MISMATCHES_TOLD) {
                told.add(view + " '" + entity + "': " + difference);
            }
        }
    }

    /** Null when there is none. */
    private <A> String difference(View<A> view, String entity, JsonNode answer, EventLog log, Known known) {
        return comparison
                .of(view, entity, answer, log.of(view, entity), known)
                .map(Comparison.Difference::what)
                .orElse(null);
    }

    /** The part of the log an answer with this provenance knows. */
    public static Cut asOf(JsonNode provenance) {
        Map<Origin, Long> offsets = new HashMap<>();
        provenance
                .get("asOf")
                .forEach(one -> offsets.put(
                        new Origin(
                                one.get("topic").asText(), one.get("partition").asInt()),
                        one.get("offset").asLong()));
        return Cut.of(offsets);
    }
}
