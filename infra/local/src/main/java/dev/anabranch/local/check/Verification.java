package dev.anabranch.local.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Known;
import dev.anabranch.view.View;
import dev.anabranch.view.oracle.NaiveFold;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Compares the merged views of a running platform, over REST, with the naive fold over the log. The platform may be
 * written to meanwhile: every answer says which part of the log it knows, and must equal the fold over that part. What
 * was in the log when the questions began must be in the answers before {@code patience} is over, so that an event that
 * was lost shows, too.
 *
 * <p>For one thread.
 */
public final class Verification {
    private static final int ENTITIES_A_REQUEST = 250;
    private static final int REQUESTS_AT_ONCE = 16;
    private static final int EDGES_AN_ENTITY = 2;
    private static final long RETRY_MILLIS = 500;
    private static final int DIFFERENCES_TOLD = 10;

    private final Api api;
    private final EventLog log;
    private final long seed;
    private final long patienceMillis;
    private final Comparison comparison = new Comparison();
    private final Map<String, Counts> counts = new TreeMap<>();
    private final List<Told> told = new ArrayList<>();
    private final Map<String, Long> whyInexact = new TreeMap<>();

    /** What was found of one view. Adds up while the verification runs. */
    public static final class Counts {
        long entities;
        long checked;
        long mismatched;
        long inexact;
        long missing;

        public long entities() {
            return entities;
        }

        /** Answers that said they were exact. */
        public long checked() {
            return checked;
        }

        /** Answers, of those checked, that differ from the fold over the part of the log that they say they know. */
        public long mismatched() {
            return mismatched;
        }

        /** Answers that said themselves that they might differ. */
        public long inexact() {
            return inexact;
        }

        /** Entities of which an event was in the log, and in no answer when patience was over. */
        public long missing() {
            return missing;
        }
    }

    /**
     * One difference.
     *
     * @param view   the view
     * @param entity whom it is about
     * @param what   what must be and what is
     * @param events the events behind what must be
     */
    public record Told(String view, String entity, String what, List<String> events) {}

    private record Question(View<?> view, List<String> entities, long atMillis) {}

    private record Given(View<?> view, String entity, JsonNode answer) {}

    /**
     * @param log            read to its end once; asks about the entities it keeps
     * @param patienceMillis how long an event may be on its way, and a question unanswered
     */
    public Verification(Api api, EventLog log, long seed, long patienceMillis) {
        this.api = api;
        this.log = log;
        this.seed = seed;
        this.patienceMillis = patienceMillis;
    }

    /** Asks and compares. */
    public void run(List<View<?>> views) throws InterruptedException {
        log.closeSample();
        Cut there = log.end();
        long now = System.currentTimeMillis();
        for (View<?> view : views) {
            List<String> entities = new ArrayList<>(log.entities(view));
            counts(view).entities += entities.size();
            Questions questions = new Questions(seed, now, newest(view, entities));
            List<Given> latest = List.of();
            for (long moment : questions.forAll()) {
                List<Given> given = ask(inRequests(view, entities, moment));
                compare(given);
                latest = latest.isEmpty() ? given : latest;
            }
            List<Question> edges = new ArrayList<>();
            for (String entity : entities) {
                for (long moment : questions.atEdges(view, entity, log.of(view, entity), EDGES_AN_ENTITY)) {
                    edges.add(new Question(view, List.of(entity), moment));
                }
            }
            compare(ask(edges));
            awaitAllOf(there, view, latest);
        }
    }

    /** The latest time that an event of these entities counts at. */
    private long newest(View<?> view, List<String> entities) {
        return entities.stream()
                .flatMap(entity -> log.of(view, entity).stream())
                .flatMap(entry -> view.contributions(entry.position().origin().topic(), entry.event()).stream())
                .mapToLong(counted -> counted.tileStart())
                .max()
                .orElse(0);
    }

    private void compare(List<Given> given) {
        log.readToEnd();
        for (Given one : given) {
            JsonNode provenance = one.answer.get("provenance");
            Counts of = counts(one.view);
            if (!provenance.get("exact").asBoolean()) {
                of.inexact++;
                String why = provenance.path("inexactBecause").asText().replaceAll("\\d+", "#"); // one kind, one line
                whyInexact.merge(why, 1L, Long::sum);
                continue;
            }
            of.checked++;
            difference(one.view, one).ifPresent(difference -> {
                of.mismatched++;
                tell(new Told(one.view.name(), one.entity, difference.what(), difference.events()));
            });
        }
    }

    private <A> Optional<Comparison.Difference> difference(View<A> view, Given one) {
        Known known = Known.upTo(MergeCheck.asOf(one.answer.get("provenance")));
        return comparison.of(view, one.entity, one.answer, log.of(view, one.entity), known);
    }

    /** Asks again about the entities whose answers do not know all that was there, until they do or patience is over. */
    private void awaitAllOf(Cut there, View<?> view, List<Given> answers) throws InterruptedException {
        long deadline = System.nanoTime() + patienceMillis * 1_000_000;
        List<Given> behind = answers;
        while (true) {
            behind = behind.stream()
                    .filter(one -> firstMissing(there, one).isPresent())
                    .toList();
            if (behind.isEmpty() || System.nanoTime() >= deadline) {
                break;
            }
            Thread.sleep(RETRY_MILLIS);
            List<String> entities = behind.stream().map(Given::entity).toList();
            behind = ask(inRequests(view, entities, System.currentTimeMillis()));
            compare(behind);
        }
        for (Given one : behind) {
            counts(view).missing++;
            NaiveFold.Entry event = firstMissing(there, one).orElseThrow();
            tell(new Told(
                    view.name(),
                    one.entity,
                    "the event at " + event.position() + " was in the log when the questions began and in no answer "
                            + patienceMillis / 1000 + " s later, the last as of " + one.answer.get("provenance"),
                    List.of(event.position() + " arrived " + Instant.ofEpochMilli(event.arrivalMillis()) + ": "
                            + event.event())));
        }
    }

    private Optional<NaiveFold.Entry> firstMissing(Cut there, Given one) {
        Cut asOf = MergeCheck.asOf(one.answer.get("provenance"));
        return log.of(one.view, one.entity).stream()
                .filter(entry -> there.includes(entry.position()) && !asOf.includes(entry.position()))
                .filter(entry -> counts(one.view, one.entity, entry))
                .min(Comparator.comparingLong(NaiveFold.Entry::arrivalMillis));
    }

    /** An event that its source filters out leaves no trace that an answer could know of. */
    private static boolean counts(View<?> view, String entity, NaiveFold.Entry entry) {
        return view.contributions(entry.position().origin().topic(), entry.event()).stream()
                .anyMatch(counted -> counted.entity().equals(entity));
    }

    private static List<Question> inRequests(View<?> view, List<String> entities, long atMillis) {
        List<Question> questions = new ArrayList<>();
        for (int from = 0; from < entities.size(); from += ENTITIES_A_REQUEST) {
            int to = Math.min(entities.size(), from + ENTITIES_A_REQUEST);
            questions.add(new Question(view, entities.subList(from, to), atMillis));
        }
        return questions;
    }

    /** @throws Api.FailedException when one is still refused after as long as patience lasts */
    private List<Given> ask(List<Question> questions) throws InterruptedException {
        List<Given> given = new ArrayList<>();
        for (int from = 0; from < questions.size(); from += REQUESTS_AT_ONCE) {
            List<Question> some = questions.subList(from, Math.min(questions.size(), from + REQUESTS_AT_ONCE));
            List<CompletableFuture<Api.Answer>> asked =
                    some.stream().map(this::send).toList();
            for (int i = 0; i < some.size(); i++) {
                Question question = some.get(i);
                answered(question, asked.get(i))
                        .get("answers")
                        .forEach(answer -> given.add(
                                new Given(question.view, answer.get("entity").asText(), answer)));
            }
        }
        return given;
    }

    private CompletableFuture<Api.Answer> send(Question question) {
        return api.post(path(question), Map.of("entities", question.entities, "at", question.atMillis));
    }

    private static String path(Question question) {
        return "/v1/views/" + question.view.name();
    }

    /** A replica that is restoring says 503, an overloaded one 429: both pass. */
    private JsonNode answered(Question question, CompletableFuture<Api.Answer> asked) throws InterruptedException {
        long deadline = System.nanoTime() + patienceMillis * 1_000_000;
        CompletableFuture<Api.Answer> sent = asked;
        while (true) {
            try {
                return api.require(path(question), sent);
            } catch (Api.FailedException e) {
                if (!e.mayPass() || System.nanoTime() >= deadline) {
                    throw e;
                }
            }
            Thread.sleep(RETRY_MILLIS);
            sent = send(question);
        }
    }

    private void tell(Told difference) {
        if (told.size() < DIFFERENCES_TOLD) {
            told.add(difference);
        }
    }

    private Counts counts(View<?> view) {
        return counts.computeIfAbsent(view.name(), v -> new Counts());
    }

    /** By view. */
    public Map<String, Counts> counts() {
        return new LinkedHashMap<>(counts);
    }

    /** The first differences. */
    public List<Told> told() {
        return List.copyOf(told);
    }

    /** The reasons that inexact answers gave, with how many gave them. */
    public Map<String, Long> whyInexact() {
        return new TreeMap<>(whyInexact);
    }
}
