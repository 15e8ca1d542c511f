package dev.anabranch.fraud.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.fraud.simulator.CardSimulation;
import dev.anabranch.fraud.simulator.CardTimeline;
import dev.anabranch.fraud.simulator.ReplayOptions;
import dev.anabranch.fraud.simulator.SimulationRun;
import dev.anabranch.local.Demo;
import dev.anabranch.local.Problem;
import dev.anabranch.local.check.Api;
import dev.anabranch.local.check.Waiting;
import dev.anabranch.simulator.Progress;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The life of a fraud model in one sitting, on simulated time: it is trained; fraud changes; drift is alarmed; what learns as
 * labels arrive becomes a version, passes its gates, is tried beside the old one and promoted; the old one is tried once more and
 * stopped, made live by mistake and rolled back. Each step is the REST call or the batch run that anybody would make.
 */
final class DriftStory {
    private static final String MODEL = FraudUseCase.NAME;
    private static final String BY = "the demo";
    private static final int HISTORY_DAYS = 70;
    private static final int QUIET_DAYS = 8;
    private static final int CHANGE_DAY = HISTORY_DAYS + QUIET_DAYS;
    /** A label comes a week after its payment, and the payments of a day are all labelled on the day after. */
    private static final int LABELLED_AFTER = 8;

    /** What is archived is read up to whole blocks of offsets: in a small town that is a day or two behind. */
    private static final int JUDGED_AFTER = 4;

    /** So that a week of what is tried has met its labels. */
    private static final int TRIED_DAYS = 14;

    private static final int ALL_DAYS = CHANGE_DAY + LABELLED_AFTER + JUDGED_AFTER + 2 * TRIED_DAYS + 4;
    private static final double HALF = 0.5;

    private static final int BOOK_CUSTOMERS = 5_000;
    private static final double BOOK_RADIUS = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration EVERY = Duration.ofMillis(100);
    private static final Duration AT_ONCE = Duration.ofMillis(5);

    private final Demo.Stage stage;
    private final Demo.Options options;
    private final Backlog backlog;
    private final Api api;
    private final PrintStream out;
    private final Waiting waiting;
    private final CardTimeline timeline;
    private final SimulationRun simulation;
    private final Map<String, Object> figures = new LinkedHashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private int day;
    private int runs;

    DriftStory(Demo.Stage stage, Demo.Options options, Backlog backlog) {
        this.stage = stage;
        this.options = options;
        this.backlog = backlog;
        this.api = stage.api();
        this.out = stage.out();
        this.waiting = new Waiting(out, PATIENCE, "The logs of the layers may say why");
        Instant now = Instant.now();
        LocalDate first = now.atZone(ZoneOffset.UTC).toLocalDate().minusDays(ALL_DAYS);
        CardSimulation town = new CardSimulation(new CardSimulation.Settings(
                        options.seed(),
                        "drift" + options.seed() + "-" + Long.toString(now.getEpochSecond(), Character.MAX_RADIX),
                        first,
                        options.customers(),
                        2 * options.customers(),
                        BOOK_RADIUS * Math.sqrt((double) BOOK_CUSTOMERS / options.customers()))
                .withChangeOn(CHANGE_DAY));
        this.timeline = new CardTimeline(town, now.toEpochMilli(), ReplayOptions.LABEL_DELAY);
        this.simulation = new SimulationRun(timeline, stage.bootstrapServers());
    }

    /** @return whether everything came as it must */
    boolean run() throws InterruptedException, IOException {
        long first = trained();
        quiet();
        alarmed();
        long learnt = learntAnew();
        long old = live();
        tried(old, learnt);
        promoted(learnt);
        stopped(first, learnt);
        rolledBack(old, learnt);
        return told();
    }

    private long trained() throws InterruptedException {
        say("%n%d days of payments by %,d customers, and the first model", HISTORY_DAYS, options.customers());
        publish(HISTORY_DAYS);
        batch();
        JsonNode version = version(live());
        say(
                "  version %d, a %s, is live: average precision %.3f on a week it has not seen",
                live(),
                version.path("algorithm").asText(),
                version.path("metrics").path("average_precision").asDouble());
        return live();
    }

    private void quiet() throws InterruptedException {
        say("%n%d days on which nothing changes", QUIET_DAYS);
        publish(QUIET_DAYS);
        batch("--views-only");
        JsonNode drift = api.getNow("/v1/drift/" + MODEL);
        say(
                "  %d figures of drift, %d alerts",
                drift.path("findings").size(), drift.path("alerts").size());
        figures.put("alerts_before", drift.path("alerts").size());
        check(drift.path("alerts").isEmpty(), "an alert before anything had changed: " + drift.path("alerts"));
    }

    private void alarmed() throws InterruptedException {
        say("%nDay %d: fraud changes. Stolen cards are tested at night with small amounts", day + 1);
        int alertedAfter = 0;
        JsonNode alerts = null;
        for (int days = 1; days <= 3 && alertedAfter == 0; days++) {
            publish(1);
            batch("--views-only");
            alerts = api.getNow("/v1/drift/" + MODEL).path("alerts");
            alertedAfter = alerts.isEmpty() ? 0 : days;
        }
        figures.put("days_from_change_to_alert", alertedAfter);
        check(alertedAfter > 0, "no alert within three days of the change");
        for (JsonNode alert : alerts) {
            say(
                    "  ALERT after %d day(s): %s of %s over %s is %.3f (%.3f)",
                    alertedAfter,
                    alert.path("statistic").asText(),
                    alert.path("subject").asText(),
                    alert.path("window").asText(),
                    alert.path("value").asDouble(),
                    alert.path("threshold").asDouble());
        }
    }

    /** What the stream has learnt from labels becomes a version, and the labels of the next day judge it. */
    private long learntAnew() throws InterruptedException {
        say("%nA week later the first labels of it come, and the model that learns as they do learns");
        publish(CHANGE_DAY + LABELLED_AFTER + 1 - day);
        batch();
        publish(JUDGED_AFTER);
        batch();
        Optional<JsonNode> better = Optional.empty();
        for (JsonNode version : api.getNow("/v1/models/" + MODEL).path("versions")) {
            JsonNode detail = version(version.path("version").asLong());
            boolean learnt = detail.path("algorithm").asText().equals("ftrl-proximal");
            double lower =
                    detail.path("judgement").path("compared").path("lower").asDouble();
            if (learnt && detail.path("passed").asBoolean() && lower > 0) {
                better = Optional.of(detail);
            }
        }
        JsonNode learnt = better.orElseThrow(() -> new Problem(
                "No version that was learnt online has passed its gates: " + api.getNow("/v1/models/" + MODEL)));
        JsonNode compared = learnt.path("judgement").path("compared");
        say(
                "  version %d, learnt from %s labels, passed its gates: average precision %+.3f [%+.3f, %+.3f] beside version %d",
                learnt.path("version").asLong(),
                learnt.path("parameters").path("labels-learnt").asText(),
                compared.path("difference").asDouble(),
                compared.path("lower").asDouble(),
                compared.path("upper").asDouble(),
                learnt.path("judgement").path("champion").asLong());
        return learnt.path("version").asLong();
    }

    private void tried(long old, long learnt) throws InterruptedException {
        say("%nA canary: half of the customers are answered by version %d", learnt);
        api.postNow("/v1/models/" + MODEL + "/experiment", arms(learnt, HALF, "it passed its gates after the alert"));
        publish(TRIED_DAYS);
        batch("--views-only");
        JsonNode compared = comparison(learnt);
        say("  %s: %s", compared.path("verdict").asText().toLowerCase(Locale.ROOT), told(compared));
        check(compared.path("verdict").asText().equals("BETTER"), "the canary is not better: " + compared);
        double before = precision(old);
        double after = precision(learnt);
        say(
                "  of payments whose labels came on the last day: average precision %.3f of version %d, %.3f of version %d, %.1f times",
                before, old, after, learnt, after / before);
        figures.put("canary_average_precision", Map.of("old", before, "new", after, "ratio", after / before));
        double oldBias = relativeBias(old);
        double newBias = relativeBias(learnt);
        say(
                "  of what these payments cost, version %d had expected %.0f %%, version %d %.0f %%",
                old, 100 * (1 + oldBias), learnt, 100 * (1 + newBias));
        figures.put("canary_relative_bias", Map.of("old", oldBias, "new", newBias));
    }

    private void promoted(long learnt) throws InterruptedException {
        api.postNow(
                "/v1/models/" + MODEL + "/live",
                Map.of("version", learnt, "by", BY, "why", "better in the canary, at any time one looks"));
        long millis = millisUntilLive(learnt);
        say("%nPromoted: version %d answers everybody after %d ms", learnt, millis);
        figures.put("promotion_millis", millis);
    }

    private void stopped(long old, long learnt) throws InterruptedException {
        say("%nA bad one is tried: version %d, which has never seen the new fraud, gets half", old);
        api.postNow("/v1/models/" + MODEL + "/experiment", arms(old, HALF, "is the new one really needed?"));
        publish(TRIED_DAYS);
        batch("--views-only");
        JsonNode compared = comparison(old);
        say("  %s: %s", compared.path("verdict").asText().toLowerCase(Locale.ROOT), told(compared));
        check(compared.path("verdict").asText().equals("WORSE"), "the bad version is not worse: " + compared);
        api.postNow(
                "/v1/models/" + MODEL + "/experiment/stop", Map.of("by", BY, "why", "worse, at any time one looks"));
        say("  stopped: version %d answers everybody", learnt);
    }

    private void rolledBack(long old, long learnt) throws InterruptedException {
        api.postNow(
                "/v1/models/" + MODEL + "/live",
                Map.of("version", old, "by", BY, "why", "by mistake", "unevaluated", true));
        millisUntilLive(old);
        api.postNow("/v1/models/" + MODEL + "/rollback", Map.of("by", BY, "why", "it was a mistake"));
        long millis = millisUntilLive(learnt);
        say(
                "%nVersion %d was made live by mistake, and rolled back: version %d answers after %d ms",
                old, learnt, millis);
        figures.put("rollback_millis", millis);
    }

    private boolean told() throws IOException {
        say("%nWho decided what, and why");
        JsonNode model = api.getNow("/v1/models/" + MODEL);
        for (JsonNode decision : model.path("decisions")) {
            say(
                    "  version %d, by %s: %s",
                    decision.path("version").asLong(),
                    decision.path("by").asText(),
                    decision.path("why").asText());
        }
        figures.put("wrong", wrong);
        wrong.forEach(what -> say("WRONG: %s", what));
        if (options.report().isPresent()) {
            new ObjectMapper()
                    .writerWithDefaultPrettyPrinter()
                    .writeValue(options.report().get().toFile(), figures);
        }
        return wrong.isEmpty();
    }

    /** Day by day, each when the stream has folded the one before: partitions must not be read days apart. */
    private void publish(int days) throws InterruptedException {
        boolean history = day == 0; // nothing scores yet
        int step = history ? days : 1;
        for (int published = 0; published < days; published += step) {
            simulation.publishBetween(midnight(day), midnight(day + step), Progress.on(out, "  publishing"));
            day += step;
            if (!history) {
                waiting.measure("the stream has folded the day", backlog::inTheStream, EVERY);
            }
        }
        waiting.until("the stream has scored and learnt all of it", backlog::inTheStream);
        waiting.until("the archive has all of it", backlog::inTheArchive);
    }

    private long midnight(int ofDay) {
        return timeline.simulation()
                .settings()
                .firstDay()
                .plusDays(ofDay)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant()
                .toEpochMilli();
    }

    private void batch(String... given) throws InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("run", MODEL));
        arguments.addAll(List.of(given));
        long start = System.nanoTime();
        stage.batch(arguments, "batch-" + ++runs);
        say("  a batch run after day %d: %.0f s", day, (System.nanoTime() - start) / 1e9);
    }

    private long live() {
        return api.getNow("/v1/models/" + MODEL).path("live").asLong();
    }

    private JsonNode version(long version) {
        return api.getNow("/v1/models/" + MODEL + "/" + version);
    }

    private static Map<String, Object> arms(long version, double share, String why) {
        return Map.of("challengers", List.of(Map.of("version", version, "share", share)), "by", BY, "why", why);
    }

    private JsonNode comparison(long version) {
        JsonNode verdict = api.getNow("/v1/models/" + MODEL + "/experiment")
                .path("results")
                .path("verdict");
        for (JsonNode compared : verdict.path("comparisons")) {
            if (compared.path("arm").asText().equals("challenger-" + version)
                    && compared.path("metric").asText().equals("log_loss")) {
                return compared;
            }
        }
        throw new Problem("The experiment must have results about version " + version + ", got " + verdict);
    }

    private static String told(JsonNode compared) {
        return String.format(
                Locale.ROOT,
                "log loss %+.4f [%+.4f, %+.4f], p %.2g, valid whenever one looks",
                compared.path("difference").asDouble(),
                compared.path("lower").asDouble(),
                compared.path("upper").asDouble(),
                compared.path("p").asDouble());
    }

    private double precision(long version) {
        return lastDay(version, "quality")
                .path("averagePrecision")
                .path("value")
                .asDouble();
    }

    private double relativeBias(long version) {
        JsonNode day = lastDay(version, "errors");
        if (!day.path("relativeBias").isNumber()) {
            throw new Problem("Something must have been lost on the last day, got " + day);
        }
        return day.path("relativeBias").asDouble();
    }

    /** By the labels of the day that ends now, on simulated time. */
    private JsonNode lastDay(long version, String figures) {
        String at = Instant.ofEpochMilli(midnight(day)).toString();
        JsonNode told = api.getNow("/v1/models/" + MODEL + "/" + version + "/" + figures + "?at=" + at);
        for (JsonNode window : told.path("windows")) {
            if (window.path("window").asText().startsWith("1d")) {
                return window;
            }
        }
        throw new Problem("There must be a window of a day, got " + told);
    }

    private long millisUntilLive(long version) throws InterruptedException {
        Map<String, Object> payment =
                Map.of("customerId", "c-1", "terminalId", "t-1", "amountCents", 4_200, "transactionId", "asked");
        return waiting.measure(
                        "version " + version + " answers",
                        () -> {
                            long answered = api.postNow("/v1/fraud/score", payment)
                                    .path("model")
                                    .path("version")
                                    .asLong();
                            return answered == version ? 0 : 1;
                        },
                        AT_ONCE)
                .toMillis();
    }

    private void check(boolean right, String otherwise) {
        if (!right) {
            wrong.add(otherwise);
        }
    }

    private void say(String format, Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
        out.flush();
    }
}
