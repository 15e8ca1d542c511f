package dev.anabranch.benchmarks.freshness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.anabranch.benchmarks.BenchPlatform;
import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.benchmarks.Goal;
import dev.anabranch.benchmarks.LiveVersions;
import dev.anabranch.benchmarks.Load;
import dev.anabranch.benchmarks.RandomVectors;
import dev.anabranch.benchmarks.Rounds;
import dev.anabranch.benchmarks.Row;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.SnapshotCut;
import dev.anabranch.local.Services;
import dev.anabranch.local.check.Api;
import dev.anabranch.local.check.Latencies;
import dev.anabranch.local.check.Waiting;
import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.view.View;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How soon after a click was acknowledged its user is shown something else, while others ask for recommendations half as often as
 * can be answered; in turns, while nobody else asks. Once before any batch run, when all that is known is cells, and once with a
 * generation, as a platform is that runs its batch layer.
 */
public final class ClickBenchmark implements Benchmark {
    private static final int USERS = 5_000;
    private static final int ITEMS = 2_000;
    private static final int RANK = 64;
    private static final int HISTORY = 60_000;
    private static final int HISTORY_QUICK = 20_000;
    private static final long PAST_MILLIS = Duration.ofDays(2).toMillis();
    private static final int CLICKS = 100;
    private static final int CLICKS_QUICK = 20;
    private static final Duration APART = Duration.ofMillis(100);
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration WARM_UP_QUICK = Duration.ofSeconds(3);
    private static final Duration CAPACITY = Duration.ofSeconds(5);
    private static final double MOST_MILLIS = 100;
    private static final int MOST_ROUNDS = 2;
    private static final int ROUNDS_BEFORE = 2;
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Waiting WAITING =
            new Waiting(System.err, Duration.ofMinutes(5), "The logs of the archiver and of the batch run may say why");

    @Override
    public String name() {
        return "clicks";
    }

    @Override
    public String what() {
        return "from a click to another recommendation, at half of what the serving layer can answer";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public List<Row> run(Settings all) throws Exception {
        Settings settings = all.withRounds(MOST_ROUNDS);
        SplittableRandom random = new SplittableRandom(settings.seed());
        try (BenchPlatform platform = BenchPlatform.start(
                        settings,
                        "clicks",
                        List.of(),
                        List.of(Services.BROKER, Services.SPEED, Services.SERVING, Services.ARCHIVER));
                LiveVersions live = new LiveVersions(platform.bootstrapServers())) {
            live.publish(RandomVectors.version(1, ITEMS, RANK, random));
            int history = settings.quick() ? HISTORY_QUICK : HISTORY;
            platform.publish(RecommendationEvents.INTERACTION, each -> history(history, random, each));
            platform.awaitSpeedLayer(RecommendationUseCase.NAME, RecommendationEvents.INTERACTION);
            String address = platform.service(Services.SERVING).address();
            try (Load load = new Load(address);
                    Clicks clicks = new Clicks(address, USERS, random.split())) {
                load.asFastAsTheyGo(questions(), settings.quick() ? WARM_UP_QUICK : WARM_UP);
                List<Row> rows = new ArrayList<>(
                        measure("before any batch run", load, clicks, settings.withRounds(ROUNDS_BEFORE)));
                awaitArchive(platform, history);
                platform.batch(List.of("run", RecommendationUseCase.NAME, "--views-only"), "batch");
                awaitGeneration(new Api(address));
                load.asFastAsTheyGo(questions(), WARM_UP_QUICK);
                rows.addAll(measure("with a generation", load, clicks, settings));
                return rows;
            }
        }
    }

    private static void awaitArchive(BenchPlatform platform, int interactions) throws InterruptedException {
        try (Lakehouse lakehouse = Lakehouse.open(platform.catalog())) {
            WAITING.measure(
                    "the archive has the history",
                    () -> interactions
                            - lakehouse
                                    .find(EventTables.identifier(RecommendationEvents.INTERACTION))
                                    .map(table -> SnapshotCut.of(table).origins().values().stream()
                                            .mapToLong(n -> n)
                                            .sum())
                                    .orElse(0L),
                    POLL);
        }
    }

    private static void awaitGeneration(Api api) throws InterruptedException {
        Set<String> views = new RecommendationUseCase()
                .views().stream()
                        .filter(view -> view.topics().contains(RecommendationEvents.INTERACTION.topic()))
                        .map(View::name)
                        .collect(Collectors.toSet());
        WAITING.measure(
                "a generation of each view of interactions is live",
                () -> {
                    long missing = 0;
                    for (JsonNode view : api.getNow("/v1/status").get("views")) {
                        missing += views.contains(view.get("view").asText())
                                        && view.get("generation").asLong() == 0
                                ? 1
                                : 0;
                    }
                    return missing;
                },
                POLL);
    }

    private static List<Row> measure(String when, Load load, Clicks clicks, Settings settings) throws Exception {
        List<byte[]> questions = questions();
        int count = settings.quick() ? CLICKS_QUICK : CLICKS;
        clicks.round(count, APART); // and nobody looks: classes are loaded, code is compiled
        double capacity = load.asFastAsTheyGo(questions, CAPACITY) / (double) CAPACITY.toSeconds();
        List<Latencies> amongOthers = new ArrayList<>();
        List<Latencies> alone = new ArrayList<>();
        for (int i = 0; i < settings.rounds(); i++) {
            CompletableFuture<Latencies> others = CompletableFuture.supplyAsync(() -> {
                try {
                    return load.onTime(questions, capacity / 2, APART.multipliedBy(count));
                } catch (ExecutionException | InterruptedException e) {
                    throw new CompletionException(e);
                }
            });
            try {
                amongOthers.add(clicks.round(count, APART));
            } finally {
                others.join();
            }
            alone.add(clicks.round(count, APART));
        }
        Rounds most = percentiles(amongOthers, 0.99);
        Rounds mostAlone = percentiles(alone, 0.99);
        return List.of(Row.of(
                        String.format(
                                Locale.ROOT,
                                "click to another answer, %s, others ask %,.0f times a second of %,.0f",
                                when,
                                capacity / 2,
                                capacity),
                        text(amongOthers))
                .beside("nobody else asks", text(alone), most.over(mostAlone))
                .goal(Goal.atMost(MOST_MILLIS, "ms p99"), most.median(), most.most() / most.least())
                .control("p99s", most.most() / most.least()));
    }

    private static List<byte[]> questions() {
        return IntStream.range(0, USERS).mapToObj(Clicks::question).toList();
    }

    private static Rounds percentiles(List<Latencies> rounds, double share) {
        return Rounds.of(rounds, one -> one.percentileMillis(share).orElseThrow());
    }

    private static String text(List<Latencies> rounds) {
        return String.format(
                Locale.ROOT,
                "p50 %.1f ms, p99 %.1f ms",
                percentiles(rounds, 0.5).median(),
                percentiles(rounds, 0.99).median());
    }

    /** What users turned to lately, a few items more often than others; in the order of time, as it comes. */
    private static void history(int count, SplittableRandom random, Consumer<Interaction> each) {
        long now = System.currentTimeMillis();
        for (int i = 0; i < count; i++) {
            int user = i % USERS;
            each.accept(new Interaction(
                    "i-" + i,
                    now - PAST_MILLIS + PAST_MILLIS * i / count,
                    "u-" + user,
                    "item-" + (int) (ITEMS * random.nextDouble() * random.nextDouble()),
                    "s-" + user,
                    RecommendationEvents.VIEW,
                    RecommendationEvents.ONE,
                    "web",
                    ""));
        }
    }
}
