package dev.anabranch.recommendation.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anabranch.contract.Topics;
import dev.anabranch.event.EventType;
import dev.anabranch.explain.Recheck;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.local.Demo;
import dev.anabranch.local.Services;
import dev.anabranch.local.check.Api;
import dev.anabranch.local.check.EventLog;
import dev.anabranch.local.check.Latencies;
import dev.anabranch.local.check.MergeCheck;
import dev.anabranch.local.check.Metrics;
import dev.anabranch.local.check.Progress;
import dev.anabranch.local.check.Waiting;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.recommendation.simulator.InteractionReplay;
import dev.anabranch.recommendation.simulator.ReadingCrowd;
import dev.anabranch.simulator.Pace;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.View;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * Weeks of a reading crowd as fast as they go, item vectors and a ranking model, and then clicks: each changes the next
 * answer, and how soon is measured.
 */
public final class RecommendationDemo implements Demo {
    private static final UseCase USE_CASE = new RecommendationUseCase();
    private static final List<String> EVENT_TOPICS =
            List.of(RecommendationEvents.INTERACTION.topic(), RecommendationEvents.ITEM.topic());
    /** Those that no transactions are in, whose offsets count more than records. */
    private static final List<String> LOGGED_TOPICS = List.of(
            RecommendationEvents.INTERACTION.topic(),
            RecommendationEvents.ITEM.topic(),
            RecommendationEvents.SHOWN.topic());

    private static final List<String> ALL_TOPICS =
            USE_CASE.events().stream().map(EventType::topic).toList();
    private static final int MOST_DAYS = 30;
    private static final int CLICKS = 200;
    private static final int ENTITIES = 100;
    private static final int SHOWN = 5;
    private static final int ANSWERS = 1_000;
    private static final long AT_REST_PATIENCE_MILLIS = 20_000;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @Override
    public String useCase() {
        return RecommendationUseCase.NAME;
    }

    @Override
    public boolean run(Stage stage, Options options) throws Exception {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, stage.bootstrapServers()));
                EventLog log =
                        new EventLog(stage.bootstrapServers(), USE_CASE.events(), USE_CASE.views(), entity -> true)) {
            return new Run(stage, options, new Progress(admin), log).run();
        }
    }

    /** One run of the demo. */
    private static final class Run {
        private final Stage stage;
        private final Options options;
        private final PrintStream out;
        private final Api api;
        private final Progress progress;
        private final EventLog log;
        private final Waiting waiting;
        private final Random random;
        private long opened;
        private final Map<String, Object> board = new LinkedHashMap<>();

        Run(Stage stage, Options options, Progress progress, EventLog log) {
            this.stage = stage;
            this.options = options;
            this.out = stage.out();
            this.api = stage.api();
            this.progress = progress;
            this.log = log;
            waiting = new Waiting(out, PATIENCE, "The logs of the layers and of the batch run may say why");
            random = new Random(options.seed());
        }

        boolean run() throws Exception {
            history();
            waiting.until(
                    "the speed layer folds it",
                    () -> progress.behind(Topics.speedApplication(RecommendationUseCase.NAME), EVENT_TOPICS));
            waiting.until("the archive has all of it", () -> behindInTheArchive(EVENT_TOPICS));
            out.println("The batch layer computes the first views, item vectors and a ranking model");
            stage.batch(List.of("run", RecommendationUseCase.NAME), "batch-1");
            waiting.until("they are live", this::notLive);
            String user = "u-" + random.nextInt(Math.max(1, options.customers() / 10));
            aClick(user);
            aVisitor(user);
            aWithdrawal(user);
            clicks();
            whatCameOfIt();
            boolean equal = atRest() & answersAgain();
            scoreboard();
            if (!options.exit()) {
                out.println("It goes on: somebody clicks now and then. Stop it with Ctrl-C. For example:");
                out.println("  curl " + api.address() + "/v1/recommendations/" + user);
                while (true) {
                    click("u-" + random.nextInt(options.customers()), new Latencies());
                    Thread.sleep((long) (1_000 / options.rate())); // the rate asked for
                }
            }
            return equal;
        }

        private void history() {
            long now = System.currentTimeMillis();
            int days = Math.min(options.days(), MOST_DAYS);
            double visits = Math.max(50, options.customers() / 5.0);
            out.printf(
                    "History: %,d users over %d days, %.0f visits and 20 new items a day, as fast as it goes%n",
                    options.customers(), days, visits);
            ReadingCrowd crowd = new ReadingCrowd(new ReadingCrowd.Settings(
                    options.seed(),
                    options.customers(),
                    20,
                    visits,
                    now - Duration.ofDays(days).toMillis(),
                    now));
            InteractionReplay.Result result =
                    new InteractionReplay(stage.bootstrapServers(), Pace.max(), out).run(crowd, () -> Double.NaN);
            board.put("interactions", result.interactions());
            board.put("item_events", result.items());
            out.printf(
                    "  %,d interactions and %,d item events published in %.1f s%n",
                    result.interactions(), result.items(), result.took().toMillis() / 1e3);
        }

        private void aClick(String user) throws InterruptedException {
            JsonNode before = recommended(user);
            out.printf(
                    "%s is shown (%s, ranked by %s):%n",
                    user, before.get("basis").asText(), by(before));
            show(before);
            String item = other(before);
            out.printf("%s opens %s (%s)%n", user, item, topic(before, item));
            long start = System.nanoTime();
            open(user, item);
            JsonNode after = changed(user, item);
            out.printf("and is shown, %.0f ms after the click was acknowledged:%n", (System.nanoTime() - start) / 1e6);
            show(after);
            because(user, after);
        }

        /** Why the first item that there is a vector of; items that are newer than the vectors have none. */
        private void because(String user, JsonNode answer) {
            List<String> items = new ArrayList<>();
            answer.get("items").forEach(item -> items.add(item.get("itemId").asText()));
            JsonNode estimates =
                    api.getNow("/v1/recommendations/" + user + "/estimate/" + encoded(String.join(",", items)));
            for (JsonNode estimate : estimates.get("estimates")) {
                if (estimate.has("estimate")) {
                    String item = estimate.get("itemId").asText();
                    JsonNode because = api.getNow("/v1/recommendations/" + user + "/because/" + encoded(item));
                    out.printf(
                            "%s is estimated %.3f, because of",
                            item, because.get("estimate").asDouble());
                    for (int i = 0; i < Math.min(3, because.get("reasons").size()); i++) {
                        JsonNode reason = because.get("reasons").get(i);
                        out.printf(
                                " %s (%+.3f)",
                                reason.get("itemId").asText(),
                                reason.get("adds").asDouble());
                    }
                    out.println();
                    return;
                }
            }
        }

        /** The item furthest down, so that the click says something new. */
        private static String other(JsonNode answer) {
            JsonNode items = answer.get("items");
            return items.get(items.size() - 1).get("itemId").asText();
        }

        private void aVisitor(String user) {
            String item = recommended(user).get("items").get(0).get("itemId").asText();
            JsonNode answer = api.postNow(
                    "/v1/recommendations", Map.of("items", List.of(Map.of("itemId", item, "strength", 1.0))));
            out.printf("A visitor without a name who has %s open is shown:%n", item);
            show(answer);
        }

        private void aWithdrawal(String user) throws InterruptedException {
            String item = recommended(user).get("items").get(0).get("itemId").asText();
            long start = System.nanoTime();
            api.postNow(
                    "/v1/events/item",
                    Map.of(
                            "itemEventId",
                            item + "-" + UUID.randomUUID(),
                            "eventTimeMillis",
                            System.currentTimeMillis(),
                            "itemId",
                            item,
                            "available",
                            false,
                            "attributes",
                            Map.of()));
            changed(user, item);
            out.printf(
                    "%s is withdrawn, and gone from the answers after %.0f ms%n",
                    item, (System.nanoTime() - start) / 1e6);
        }

        /** Each of many users opens what they are shown first; how soon are they shown something else? */
        private void clicks() throws InterruptedException {
            Latencies latencies = new Latencies();
            for (int i = 0; i < CLICKS; i++) {
                click("u-" + random.nextInt(options.customers()), latencies);
            }
            out.printf(
                    "%d clicks, one after the other: the answer has changed %.0f ms after the click was acknowledged"
                            + " (99 %% within %.0f ms)%n",
                    CLICKS, millis(latencies, 0.5), millis(latencies, 0.99));
            board.put("clicks", CLICKS);
            board.put("click_to_change_p50_ms", millis(latencies, 0.5));
            board.put("click_to_change_p99_ms", millis(latencies, 0.99));
        }

        /** Each click was on an item of an answer, so each of these answers is a hit of the version that ranked it. */
        private void whatCameOfIt() throws InterruptedException {
            waiting.until("what users made of their answers is counted", () -> opened - total("turned"));
            for (JsonNode ranker : rankers()) {
                JsonNode day = ranker.get("windows").get(0);
                if (day.get("answers").asLong() > 0) {
                    out.printf(
                            "%s was shown in %,d answers, of which %,d were turned to: hit rate %.3f%n",
                            ranker.get("ranker").asText(),
                            day.get("answers").asLong(),
                            day.get("hits").asLong(),
                            day.get("hitRate").asDouble());
                }
            }
            board.put("answers_shown", total("answers"));
            board.put("answers_hit", total("hits"));
        }

        private long total(String figure) {
            long total = 0;
            for (JsonNode ranker : rankers()) {
                total += ranker.get("windows").get(0).get(figure).asLong();
            }
            return total;
        }

        private JsonNode rankers() {
            return api.getNow("/v1/quality/recommendations").get("rankers");
        }

        private static double millis(Latencies latencies, double share) {
            return latencies.percentileMillis(share).orElse(Double.NaN);
        }

        private void click(String user, Latencies latencies) throws InterruptedException {
            JsonNode answer = recommended(user);
            if (answer.get("items").isEmpty()) {
                return;
            }
            String item = answer.get("items").get(0).get("itemId").asText();
            open(user, item);
            long start = System.nanoTime();
            changed(user, item);
            latencies.record(System.nanoTime() - start);
        }

        private void open(String user, String item) {
            Map<String, Object> event = new LinkedHashMap<>();
            event.put("interactionId", UUID.randomUUID().toString());
            event.put("eventTimeMillis", System.currentTimeMillis());
            event.put("userId", user);
            event.put("itemId", item);
            event.put("sessionId", "demo-" + user);
            event.put("type", "view");
            event.put("strength", 1_000);
            event.put("context", "web");
            event.put("previousItemId", "");
            api.postNow("/v1/events/interaction", event);
            opened++;
        }

        /** Asks until {@code item} is no longer in the answer. */
        private JsonNode changed(String user, String item) throws InterruptedException {
            long start = System.nanoTime();
            while (true) {
                JsonNode answer = previewed(user);
                boolean there = false;
                for (JsonNode each : answer.get("items")) {
                    there |= each.get("itemId").asText().equals(item);
                }
                if (!there) {
                    return answer;
                }
                if (System.nanoTime() - start > Duration.ofSeconds(30).toNanos()) {
                    throw new IllegalStateException(
                            item + " must leave the answers of " + user + " and has not for 30 s");
                }
                Thread.sleep(1); // how often it is asked
            }
        }

        private JsonNode recommended(String user) {
            return api.getNow("/v1/recommendations/" + encoded(user) + "?n=10&context=web");
        }

        /** The same for nobody to see: it is not written down as shown. */
        private JsonNode previewed(String user) {
            return api.getNow("/v1/recommendations/" + encoded(user) + "?n=10&context=web&preview=true");
        }

        private void show(JsonNode answer) {
            List<String> items = new ArrayList<>();
            for (int i = 0; i < Math.min(SHOWN, answer.get("items").size()); i++) {
                JsonNode item = answer.get("items").get(i);
                items.add(item.get("itemId").asText() + " ("
                        + item.path("attributes").path("topic").asText("?") + ")");
            }
            out.println("    " + String.join(", ", items));
        }

        private static String topic(JsonNode answer, String item) {
            for (JsonNode each : answer.get("items")) {
                if (each.get("itemId").asText().equals(item)) {
                    return each.path("attributes").path("topic").asText("?");
                }
            }
            return "?";
        }

        private static String by(JsonNode answer) {
            JsonNode ranking = answer.path("models").path("ranking");
            return ranking.isMissingNode()
                    ? "rule"
                    : "model version " + ranking.get("version").asLong();
        }

        private boolean atRest() throws InterruptedException {
            waiting.until(
                    "the speed layer comes to rest",
                    () -> progress.behind(Topics.speedApplication(RecommendationUseCase.NAME), ALL_TOPICS));
            log.readToEnd();
            MergeCheck merge = new MergeCheck(api);
            long now = System.currentTimeMillis();
            for (View<?> view : USE_CASE.views()) {
                List<String> entities = new ArrayList<>(log.entities(view));
                Collections.shuffle(entities, random);
                List<String> some = new ArrayList<>(entities.subList(0, Math.min(ENTITIES, entities.size())));
                some.add("never-seen");
                merge.compareAtRest(log, view, some, now, AT_REST_PATIENCE_MILLIS);
            }
            MergeCheck.Result result = merge.result();
            out.printf(
                    "At rest: %,d merged answers about %s compared with a fold over the whole log, %d differ%n",
                    result.checked(), result.entities(), result.mismatches());
            result.told().forEach(out::println);
            board.put("merged_answers", result.checked());
            board.put("mismatches", result.mismatches());
            return result.mismatches() == 0;
        }

        /** What was shown, made again from the archive as of the positions that were written down with it. */
        private boolean answersAgain() throws InterruptedException {
            waiting.until("the archive has what was shown", () -> behindInTheArchive(LOGGED_TOPICS));
            Recheck.Result result;
            try (Lakehouse lakehouse = stage.lakehouse()) {
                result = new Recheck(lakehouse, Clock.systemUTC())
                        .of(RecommendationUseCase.NAME, ANSWERS, options.seed(), done -> {});
            }
            out.printf(
                    "%,d of %,d answers made again from the archive, every item in its place with its features and its"
                            + " score: %,d identical to the bit, %d not (%.0f ms for one by itself)%n",
                    result.checked(), result.archived(), result.identical(), result.different(), result.medianMillis());
            result.differing()
                    .forEach(one ->
                            out.println("  " + one.predictionId() + ": " + String.join("; ", one.differences())));
            board.put("answers_made_again", result.checked());
            board.put("answers_identical", result.identical());
            return result.checked() > 0 && result.different() == 0;
        }

        private void scoreboard() throws IOException {
            if (options.report().isPresent()) {
                new ObjectMapper()
                        .writerWithDefaultPrettyPrinter()
                        .writeValue(options.report().get().toFile(), board);
            }
        }

        /**
         * Views of interactions without a generation, and models without a version. Of items fewer than a block of the log may
         * have been said; then there is no generation of that view yet, and all of it comes from the speed layer.
         */
        private long notLive() {
            JsonNode status = api.getNow("/v1/status");
            long missing = 0;
            for (JsonNode view : status.get("views")) {
                boolean ours = USE_CASE.views().stream()
                        .anyMatch(v -> v.name().equals(view.get("view").asText())
                                && v.topics().contains(RecommendationEvents.INTERACTION.topic()));
                missing += ours && view.get("generation").asLong() == 0 ? 1 : 0;
            }
            for (JsonNode model : status.get("models")) {
                boolean ours = List.of(RecommendationUseCase.NAME, RecommendationUseCase.ITEMS)
                        .contains(model.get("name").asText());
                missing += ours && model.path("version").asLong() == 0 ? 1 : 0;
            }
            return missing;
        }

        private long behindInTheArchive(List<String> topics) throws InterruptedException, IOException {
            long events =
                    progress.ends(topics).values().stream().mapToLong(n -> n).sum();
            Metrics archiver = stage.metrics(Services.ARCHIVER);
            double counted = 0;
            for (String topic : topics) {
                counted += archiver.sum("anabranch_archive_rows_total", "topic=\"" + topic + "\"")
                        + archiver.sum("anabranch_archive_dead_letters_total", "topic=\"" + topic + "\"");
            }
            return events - (long) counted;
        }

        private static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
        }
    }
}
