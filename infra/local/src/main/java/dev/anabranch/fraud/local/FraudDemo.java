package dev.anabranch.fraud.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.fraud.simulator.CardSimulation;
import dev.anabranch.fraud.simulator.CardTimeline;
import dev.anabranch.fraud.simulator.ReplayOptions;
import dev.anabranch.fraud.simulator.SimulationRun;
import dev.anabranch.local.Demo;
import dev.anabranch.local.check.Api;
import dev.anabranch.local.check.EventLog;
import dev.anabranch.local.check.MergeCheck;
import dev.anabranch.local.check.Progress;
import dev.anabranch.local.check.Waiting;
import dev.anabranch.simulator.PublishListener;
import dev.anabranch.simulator.Published;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.View;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * Weeks of simulated card payments as fast as they go, a first generation and model, then live payments scored in the
 * stream and over REST, with a second generation in the middle of them; and all the while the answers are checked.
 */
public final class FraudDemo implements Demo {
    private static final UseCase USE_CASE = new FraudUseCase();
    /** The book's: twice as many terminals as customers, and so many of them within reach whatever the size. */
    private static final int BOOK_CUSTOMERS = 5_000;

    private static final double BOOK_RADIUS = 5;

    private static final int ENTITIES_A_ROUND = 150;
    private static final int ENTITIES_AT_REST = 1_500;
    private static final Duration BEFORE_SECOND_RUN = Duration.ofSeconds(20);
    private static final Duration AFTER_SECOND_RUN = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    /** From the end of the run that trained it. */
    private static final Duration MODEL_PATIENCE = Duration.ofSeconds(30);

    private static final long AT_REST_PATIENCE_MILLIS = 20_000;
    private static final Duration REFRESH = Duration.ofSeconds(30);

    @Override
    public String useCase() {
        return FraudUseCase.NAME;
    }

    @Override
    public boolean run(Stage stage, Options options) throws Exception {
        if (options.drift()) {
            try (Admin admin = admin(stage)) {
                return new DriftStory(stage, options, new Backlog(stage, new Progress(admin))).run();
            }
        }
        try (Admin admin = admin(stage);
                EventLog log = new EventLog(
                        stage.bootstrapServers(), USE_CASE.events(), USE_CASE.views(), sample(options.customers()))) {
            return new Run(stage, options, new Progress(admin), log).run();
        }
    }

    private static Admin admin(Stage stage) {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, stage.bootstrapServers()));
    }

    /** So many of the entities that each view has more than are checked at rest, and no more than fit in memory. */
    private static Predicate<String> sample(int customers) {
        int oneIn = Math.max(1, Math.min(customers / 1_600, 1_000));
        return entity -> Math.floorMod(entity.hashCode(), oneIn) == 0;
    }

    /** One run of the demo. */
    private static final class Run {
        private final Stage stage;
        private final Options options;
        private final PrintStream out;
        private final Api api;
        private final Progress progress;
        private final Backlog backlog;
        private final EventLog log;
        private final MergeCheck merge;
        private final Waiting waiting;
        private final Random random;
        private final Scoreboard board = new Scoreboard();

        Run(Stage stage, Options options, Progress progress, EventLog log) {
            this.stage = stage;
            this.options = options;
            this.out = stage.out();
            this.api = stage.api();
            this.progress = progress;
            this.backlog = new Backlog(stage, progress);
            this.log = log;
            this.merge = new MergeCheck(api);
            this.waiting = new Waiting(
                    out,
                    PATIENCE,
                    "The logs of the layers and of the batch runs may say why (a model needs enough frauds: try more"
                            + " --days or --customers)");
            this.random = new Random(options.seed());
        }

        boolean run() throws Exception {
            CardTimeline timeline = timeline(Instant.now());
            publishHistory(timeline);
            waiting.until("the speed layer folds it", backlog::inTheStream);
            waiting.until("the archive has all of it", backlog::inTheArchive);
            board.firstRunSeconds =
                    batchRun("The batch layer computes the first views and trains a model", 1, List.of());
            boolean first = true;
            try (LiveTraffic traffic = new LiveTraffic(
                            api, stage.bootstrapServers(), timeline, System.currentTimeMillis(), options.rate());
                    FreshnessProbe probe = new FreshnessProbe(api, stage.bootstrapServers(), "probe")) {
                out.printf("Live: %.0f payments a second, every fifth asked about over REST first%n", options.rate());
                traffic.start();
                probe.start();
                live(traffic, probe);
                while (!options.exit()) {
                    observe(traffic, probe);
                    if (first) { // once: it takes both cores for a while
                        skew();
                        first = false;
                    }
                    board.print(out, apiAddress());
                    report();
                    out.println("It goes on, and so does the checking. Stop it with Ctrl-C.");
                    roundsFor(REFRESH);
                }
                probe.close();
                traffic.close();
                rest(traffic, probe);
            }
            skew();
            board.print(out, apiAddress());
            report();
            return board.allRight();
        }

        private CardTimeline timeline(Instant now) {
            LocalDate firstDay = now.atZone(ZoneOffset.UTC).toLocalDate().minusDays(options.days());
            String name = "sim" + options.seed() + "-" + Long.toString(now.getEpochSecond(), Character.MAX_RADIX);
            double radius = BOOK_RADIUS * Math.sqrt((double) BOOK_CUSTOMERS / options.customers());
            CardSimulation simulation = new CardSimulation(new CardSimulation.Settings(
                    options.seed(), name, firstDay, options.customers(), 2 * options.customers(), radius));
            return new CardTimeline(simulation, now.toEpochMilli(), ReplayOptions.LABEL_DELAY);
        }

        private void publishHistory(CardTimeline timeline) {
            out.printf(
                    "History: %,d customers and %,d terminals over %d days, as fast as it goes%n",
                    options.customers(), 2 * options.customers(), options.days());
            Published published = new SimulationRun(timeline, stage.bootstrapServers())
                    .publishHistory(dev.anabranch.simulator.Progress.on(out, "  publishing"), PublishListener.NONE);
            board.days = options.days();
            board.history = published.total();
            board.historySeconds = published.took().toMillis() / 1e3;
            out.printf(
                    "  %,d payments and %,d labels published, %,.0f events a second%n",
                    published.of(FraudEvents.TRANSACTION),
                    published.of(FraudEvents.FRAUD_LABEL),
                    published.perSecond());
        }

        /** Live traffic, checked; in the middle of it a second generation takes over. */
        private void live(LiveTraffic traffic, FreshnessProbe probe) throws Exception {
            long end = System.nanoTime() + options.live().toNanos();
            roundsFor(BEFORE_SECOND_RUN);
            CompletableFuture<Double> second = new CompletableFuture<>();
            Thread run = new Thread(
                    () -> {
                        try {
                            second.complete(batchRun(
                                    "Meanwhile the batch layer advances the views by what is new",
                                    2,
                                    List.of("--views-only")));
                        } catch (Exception e) {
                            second.completeExceptionally(e);
                        }
                    },
                    "second-batch-run");
            run.setDaemon(true);
            run.start();
            while (!second.isDone()) {
                round();
            }
            board.laterRunSeconds = second.get();
            long left = end - System.nanoTime();
            roundsFor(left > AFTER_SECOND_RUN.toNanos() ? Duration.ofNanos(left) : AFTER_SECOND_RUN);
            observe(traffic, probe);
        }

        private void roundsFor(Duration duration) throws InterruptedException {
            long end = System.nanoTime() + duration.toNanos();
            while (System.nanoTime() < end) {
                round();
            }
        }

        /** Asks about a few entities of each view, now and as of days ago, and compares. */
        private void round() throws InterruptedException {
            log.readToEnd();
            long now = System.currentTimeMillis();
            for (View<?> view : USE_CASE.views()) {
                List<String> some = some(view, ENTITIES_A_ROUND);
                merge.ask(view, some, now);
                merge.ask(
                        view,
                        some.subList(0, some.size() / 10),
                        now - Duration.ofDays(3).toMillis());
            }
            merge.compare(log);
            Thread.sleep(5_000);
        }

        private List<String> some(View<?> view, int count) {
            List<String> known = new ArrayList<>(log.entities(view));
            Collections.shuffle(known, random);
            List<String> some = new ArrayList<>(known.subList(0, Math.min(count, known.size())));
            some.add("never-seen");
            return some;
        }

        private void observe(LiveTraffic traffic, FreshnessProbe probe) throws Exception {
            log.readToEnd();
            Map<String, Long> ends = progress.ends(Backlog.TOPICS);
            board.transactions = ends.get(FraudEvents.TRANSACTION.topic());
            board.labels = ends.get(FraudEvents.FRAUD_LABEL.topic());
            board.refused = log.refused();
            board.archivedRows = backlog.archivedRows();
            board.merge = merge.result();
            board.freshness = probe.latencies();
            board.probesLost = probe.lost();
            board.score = traffic.scoreLatencies();
            board.failures = traffic.failures();
            board.firstFailure = traffic.firstFailure();
            board.memoryMib = stage.memoryMib();
            JsonNode status = api.getNow("/v1/status");
            board.generations = generation(status);
            JsonNode model = model(status);
            board.modelVersion = model.path("version").asLong();
            board.algorithm = model.path("algorithm").asText();
            Map<String, Double> metrics = new LinkedHashMap<>();
            model.path("metrics")
                    .fields()
                    .forEachRemaining(m -> metrics.put(m.getKey(), m.getValue().asDouble()));
            board.metrics = metrics;
        }

        /** Nothing happens any more: everything must be where it belongs. */
        private void rest(LiveTraffic traffic, FreshnessProbe probe) throws Exception {
            waiting.until("the speed layer comes to rest", backlog::inTheStream);
            waiting.until("the archive comes to rest", backlog::inTheArchive);
            out.println("At rest: merged views against a fold over the whole log");
            long now = System.currentTimeMillis();
            for (View<?> view : USE_CASE.views()) {
                merge.compareAtRest(log, view, some(view, ENTITIES_AT_REST), now, AT_REST_PATIENCE_MILLIS);
            }
            observe(traffic, probe);
        }

        /** What was logged with each prediction, against what the training set gives for the same positions. */
        private void skew() throws Exception {
            out.println("Predictions computed again from the archive, by the training set's own code");
            Path file = stage.scratch("skew.json");
            stage.batch(List.of("skew", FraudUseCase.NAME, "--report", file.toString()), "skew");
            JsonNode found = new ObjectMapper().readTree(file.toFile());
            board.skewCompared = true;
            board.skewChecked = found.get("checked").asLong();
            board.skewMismatches = found.get("mismatches").asLong();
            board.skewByArrival = found.get("by_arrival_order").asLong();
            board.skewUnsettled = found.get("unsettled").asLong();
            board.predictionsInTheStream = found.get("by_path").path("STREAM").asLong();
            board.predictionsOverRest = found.get("by_path").path("REST").asLong();
            board.archivedRows = 0;
            found.get("archived").fields().forEachRemaining(table -> {
                if (Backlog.TOPICS.contains(table.getKey())) {
                    board.archivedRows += table.getValue().asLong();
                }
            });
            board.archiveCounted = true;
        }

        private double batchRun(String what, long generation, List<String> options) throws InterruptedException {
            out.println(what);
            long start = System.nanoTime();
            List<String> arguments = new ArrayList<>(List.of("run", FraudUseCase.NAME));
            arguments.addAll(options);
            stage.batch(arguments, "batch-" + generation);
            waiting.until("it is live", () -> generation(api.getNow("/v1/status")) >= generation ? 0 : 1);
            waiting.until("a model is live", () -> modelVersion(api.getNow("/v1/status")) > 0 ? 0 : 1, MODEL_PATIENCE);
            double seconds = (System.nanoTime() - start) / 1e9;
            out.printf("  generation %d is live after %.0f s%n", generation, seconds);
            return seconds;
        }

        private static long modelVersion(JsonNode status) {
            return model(status).path("version").asLong();
        }

        private static JsonNode model(JsonNode status) {
            for (JsonNode model : status.get("models")) {
                if (model.get("name").asText().equals(FraudUseCase.NAME)) {
                    return model;
                }
            }
            throw new IllegalStateException("The serving layer must use a model named " + FraudUseCase.NAME);
        }

        /** The latest generation that is complete in all views that payments and labels are folded into. */
        private static long generation(JsonNode status) {
            long least = Long.MAX_VALUE;
            for (JsonNode view : status.get("views")) {
                boolean ours = List.of(FraudViews.CUSTOMER, FraudViews.TERMINAL).stream()
                        .anyMatch(v -> v.name().equals(view.get("view").asText()));
                least = ours ? Math.min(least, view.get("generation").asLong()) : least;
            }
            return least;
        }

        private String apiAddress() {
            return api.address();
        }

        private void report() throws IOException {
            if (options.report().isPresent()) {
                board.write(options.report().get());
            }
        }
    }
}
