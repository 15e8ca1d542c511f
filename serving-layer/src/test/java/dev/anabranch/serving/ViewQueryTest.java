package dev.anabranch.serving;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.fraud.TerminalActivity;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Known;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.View;
import dev.anabranch.view.oracle.NaiveFold;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.path.json.config.JsonPathConfig;
import io.restassured.path.json.config.JsonPathConfig.NumberReturnType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What a query sees while the layers before it go on: one story of one log, told in order. */
@QuarkusTest
@WithTestResource(TestBroker.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ViewQueryTest {
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final long NOW = System.currentTimeMillis();
    private static final Origin PAYMENTS = new Origin(FraudEvents.TRANSACTION.topic(), 0);
    private static final Origin MORE_PAYMENTS = new Origin(FraudEvents.TRANSACTION.topic(), 1);
    private static final Origin LABELS = new Origin(FraudEvents.FRAUD_LABEL.topic(), 0);

    /** The log goes on from one test to the next, as the broker does. */
    private static WrittenView<CustomerActivity> customers;

    private static WrittenView<TerminalActivity> terminals;
    private static KafkaProducer<byte[], byte[]> producer;

    @ConfigProperty(name = "anabranch.kafka.bootstrap-servers")
    String bootstrapServers;

    @BeforeEach
    void connect() {
        if (producer == null) {
            producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", bootstrapServers),
                    new ByteArraySerializer(),
                    new ByteArraySerializer());
            customers = new WrittenView<>(FraudViews.CUSTOMER, producer);
            terminals = new WrittenView<>(FraudViews.TERMINAL, producer);
        }
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().get("/q/health/ready").then().statusCode(200));
    }

    @AfterEach
    void flush() {
        producer.flush();
    }

    @Test
    @Order(1)
    void anEntityNeverSeenHasEmptyAggregatesAndTheAnswerSaysSo() {
        JsonPath answer = ask("fraud.customer", "nobody", null);

        assertThat(answer.getBoolean("seen")).isFalse();
        assertThat(answer.getLong("provenance.generation")).isZero();
        assertThat(answer.getBoolean("provenance.exact")).isTrue();
        assertThat(answer.getMap("measures.")).isNotEmpty();
        assertThat(answer.getMap("measures").values()).allMatch(value -> ((Number) value).doubleValue() == 0);
        assertThat(answer.getList("windows.window")).containsExactly("1d", "7d", "30d");
    }

    @Test
    @Order(2)
    void beforeTheFirstGenerationTheSpeedPartIsAll() {
        pays(PAYMENTS, 10, "ann", "t1", 500, NOW - DAY / 2);
        pays(PAYMENTS, 11, "ann", "t1", 700, NOW - 3 * DAY);
        pays(MORE_PAYMENTS, 4, "ann", "t2", 900, NOW - 20 * DAY);
        pays(MORE_PAYMENTS, 5, "ann", "t2", 900, NOW - 31 * DAY);

        JsonPath answer = awaitAsOf("fraud.customer", "ann", Map.of(PAYMENTS, 12L, MORE_PAYMENTS, 6L));

        assertThat(answer.getBoolean("seen")).isTrue();
        assertThat(answer.getLong("windows[0].merged.aggregate.totalCents")).isEqualTo(500);
        assertThat(answer.getLong("windows[1].merged.aggregate.totalCents")).isEqualTo(1200);
        assertThat(answer.getLong("windows[2].merged.aggregate.totalCents")).isEqualTo(2100);
        assertThat(answer.getDouble("measures.'mean-cents.30d'")).isEqualTo(700.0);
        assertThat(answer.getLong("windows[2].batch.aggregate.payments")).isZero();
        assertMatchesTheLog(answer, customers);
    }

    @Test
    @Order(3)
    void aPaymentAtExactlyTheMomentAskedAboutIsOutAndOneAtTheLowerEdgeIsIn() {
        pays(PAYMENTS, 20, "edge", "t1", 1, NOW - 5 * DAY);
        awaitAsOf("fraud.customer", "edge", Map.of(PAYMENTS, 21L));

        assertThat(ask("fraud.customer", "edge", String.valueOf(NOW - 5 * DAY)).getDouble("measures.'count.1d'"))
                .isZero();
        assertThat(ask("fraud.customer", "edge", String.valueOf(NOW - 5 * DAY + 1))
                        .getDouble("measures.'count.1d'"))
                .isEqualTo(1);
        assertThat(ask("fraud.customer", "edge", String.valueOf(NOW - 4 * DAY)).getDouble("measures.'count.1d'"))
                .isEqualTo(1);
        assertThat(ask("fraud.customer", "edge", String.valueOf(NOW - 4 * DAY + 1))
                        .getDouble("measures.'count.1d'"))
                .isZero();
    }

    @Test
    @Order(4)
    void theMomentMayBeWrittenAsAnInstant() {
        JsonPath answer = ask("fraud.customer", "ann", "2026-01-02T03:04:05Z");

        assertThat(answer.getLong("atMillis")).isEqualTo(1767323045000L);
        assertThat(answer.getString("at")).isEqualTo("2026-01-02T03:04:05Z");
    }

    @Test
    @Order(5)
    void aGenerationTakesOverUpToItsCutAndTheSpeedPartGoesOnFromThere() {
        pays(PAYMENTS, 1030, "ann", "t1", 50, NOW - DAY / 4);
        pays(PAYMENTS, 2100, "ann", "t1", 60, NOW - DAY / 5);
        pays(PAYMENTS, 2101, "ann", "t1", 70, NOW - 10 * DAY); // out of order
        Cut cut = Cut.of(Map.of(PAYMENTS, 2048L)).atBlocks();
        customers.publish(1, cut, Cut.NOTHING, NOW - 60 * DAY, NOW - 5_000);
        producer.flush();

        JsonPath answer = awaitGeneration("fraud.customer", "ann", 1, Map.of(PAYMENTS, 2102L, MORE_PAYMENTS, 6L));

        assertThat(answer.getBoolean("provenance.exact")).isTrue();
        assertThat(answer.getLong("provenance.cutAgeMs")).isGreaterThanOrEqualTo(5_000);
        assertThat(answer.getLong("windows[0].batch.aggregate.payments")).isEqualTo(2);
        assertThat(answer.getLong("windows[0].speed.aggregate.payments")).isEqualTo(1);
        assertThat(answer.getLong("windows[0].merged.aggregate.payments")).isEqualTo(3);
        assertMatchesTheLog(answer, customers);
    }

    @Test
    @Order(6)
    void whatTheSpeedLayerPrunedBelowTheCutIsNotMissed() {
        Cut first = Cut.of(Map.of(PAYMENTS, 2048L));
        pays(PAYMENTS, 4000, "ann", "t1", 5, NOW - DAY / 6);
        customers.publish(2, Cut.of(Map.of(PAYMENTS, 3072L)), first, NOW - 60 * DAY, NOW);
        customers.prune(first);
        producer.flush();

        JsonPath answer = awaitGeneration("fraud.customer", "ann", 2, Map.of(PAYMENTS, 4001L, MORE_PAYMENTS, 6L));

        assertThat(answer.getBoolean("provenance.exact")).isTrue();
        assertThat(answer.getList("provenance.last.offset")).contains(4000);
        assertMatchesTheLog(answer, customers);
    }

    @Test
    @Order(7)
    void anEntityThatWasNotPublishedAgainHasTheNewCut() {
        JsonPath answer = ask("fraud.customer", "edge", String.valueOf(NOW - 4 * DAY));

        assertThat(answer.getLong("provenance.generation")).isEqualTo(2);
        assertThat(answer.getBoolean("provenance.exact")).isTrue();
        assertThat(answer.getDouble("measures.'count.1d'")).isEqualTo(1);
        assertThat(answer.getBoolean("seen")).isTrue();
    }

    @Test
    @Order(8)
    void windowsThatLookBackFurtherThanTilesAreKeptAreInexactAndSayWhy() {
        JsonPath answer = ask("fraud.customer", "ann", String.valueOf(NOW - 40 * DAY));

        assertThat(answer.getBoolean("provenance.exact")).isFalse();
        assertThat(answer.getString("provenance.inexactBecause")).contains("keeps tiles from");
    }

    @Test
    @Order(9)
    void aFloorPastTheGenerationMakesTheAnswerInexactAndItSaysWhy() {
        customers.prune(Cut.of(Map.of(PAYMENTS, 4096L)));
        producer.flush();

        JsonPath answer = await().atMost(Duration.ofSeconds(20))
                .until(() -> ask("fraud.customer", "ann", null), a -> !a.getBoolean("provenance.exact"));

        assertThat(answer.getString("provenance.inexactBecause"))
                .contains("has no cells before")
                .contains("4096");
        customers.publish(3, Cut.of(Map.of(PAYMENTS, 4096L)), Cut.NOTHING, NOW - 60 * DAY, NOW);
        producer.flush();
        JsonPath after = awaitGeneration("fraud.customer", "ann", 3, Map.of(PAYMENTS, 4096L, MORE_PAYMENTS, 6L));
        assertThat(after.getBoolean("provenance.exact")).isTrue();
        assertMatchesTheLog(after, customers);
    }

    @Test
    @Order(10)
    void labelsCountInTheTerminalsWindowsOfThePayment() {
        long paid = NOW - 8 * DAY;
        Position payment = new Position(PAYMENTS, 4500);
        terminals.happens(payment, new Transaction("p", paid, "ann", "kiosk", 10L));
        terminals.happens(new Position(LABELS, 3), new FraudLabel("p", NOW - DAY, paid, "ann", "kiosk", true));
        producer.flush();

        JsonPath answer = awaitAsOf("fraud.terminal", "kiosk", Map.of(PAYMENTS, 4501L, LABELS, 4L));

        assertThat(answer.getDouble("measures.'frauds.7d.delay.7d'")).isEqualTo(1);
        assertThat(answer.getDouble("measures.'risk.7d.delay.7d'")).isEqualTo(1);
        assertMatchesTheLog(answer, terminals);
    }

    @Test
    @Order(11)
    void theSpeedLayersSignOfLifeIsTold() {
        customers.signOfLife(NOW - 2_000, NOW - 3_000);
        producer.flush();

        JsonPath answer = await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> ask("fraud.customer", "ann", null),
                        a -> a.get("provenance.freshness.signOfLifeAgeMs") != null);

        assertThat(answer.getLong("provenance.freshness.signOfLifeAgeMs")).isGreaterThanOrEqualTo(2_000);
        assertThat(answer.getLong("provenance.freshness.newestArrivalMillis")).isEqualTo(NOW - 3_000);
    }

    @Test
    @Order(12)
    void manyEntitiesAreAnsweredInTheOrderTheyWereNamed() {
        JsonPath answers = given().contentType("application/json")
                .body("{\"entities\":[\"edge\",\"nobody\",\"ann\"],\"at\":" + NOW + "}")
                .post("/v1/views/fraud.customer")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();

        assertThat(answers.getList("answers.entity")).containsExactly("edge", "nobody", "ann");
        assertThat(answers.getList("answers.seen")).containsExactly(true, false, true);
    }

    @Test
    @Order(13)
    void statusTellsGenerationsPartitionsAndLag() {
        JsonPath status =
                given().get("/v1/status").then().statusCode(200).extract().jsonPath();

        assertThat(status.getString("following")).isEqualTo("RUNNING");
        assertThat(status.getList("views.view", String.class)).startsWith("fraud.customer", "fraud.terminal");
        assertThat(status.getList("views[0].partitionsComplete")).containsExactly(0, 1, 2);
        assertThat(status.getList("views[0].partitionsReading")).isEmpty();
        assertThat(status.getLong("views[0].speedSignOfLifeAgeMs")).isGreaterThanOrEqualTo(2_000);
        assertThat(status.getBoolean("events.accepts")).isTrue();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> assertThat(given().get("/v1/status").jsonPath().getLong("views[0].lag"))
                                .isZero());
        assertThat(given().get("/q/metrics").then().statusCode(200).extract().asString())
                .contains(
                        "anabranch_serving_view_generation{view=\"fraud.customer\"} "
                                + status.getDouble("views[0].generation"),
                        "anabranch_serving_view_partitions_complete{view=\"fraud.customer\"} 3.0",
                        "anabranch_serving_view_cut_age_seconds{view=\"fraud.customer\"} NaN", // none was announced
                        "anabranch_serving_view_partitions_reading{view=\"fraud.customer\"} 0.0",
                        "anabranch_serving_view_lag_records{view=\"fraud.customer\"} 0.0")
                .containsPattern("anabranch_serving_view_sign_of_life_age_seconds\\{view=\"fraud.customer\"} [1-9]")
                .containsPattern("anabranch_serving_view_cells\\{view=\"fraud.customer\"} [1-9]")
                .containsPattern("anabranch_serving_view_rows\\{view=\"fraud.customer\"} [1-9]")
                .containsPattern("anabranch_serving_inexact_total\\{view=\"fraud.customer\"} [1-9]");
    }

    @Test
    @Order(14)
    void answersThatRaceWithWritesEqualTheFoldOverTheLogAsOfTheirPositions() throws Exception {
        int events = 3_000;
        AtomicBoolean written = new AtomicBoolean();
        AtomicInteger checked = new AtomicInteger();
        ExecutorService readers = Executors.newFixedThreadPool(2);
        List<NaiveFold.Entry> racing = new CopyOnWriteArrayList<>();
        List<Future<?>> checks = Stream.<Future<?>>generate(() -> readers.submit(() -> {
                    while (!written.get()) {
                        JsonPath answer = ask("fraud.customer", "racer", String.valueOf(NOW));
                        assertThat(answer.getBoolean("provenance.exact")).isTrue();
                        assertMatches(answer, FraudViews.CUSTOMER, racing);
                        checked.incrementAndGet();
                    }
                    return null;
                }))
                .limit(2)
                .toList();
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < events; i++) {
            // Few tiles, hit again and again and out of event-time order; several blocks.
            long time = NOW - 1 - random.nextLong(40) * (DAY / 2);
            Transaction payment = new Transaction("r" + i, time, "racer", "t", random.nextLong(1_000));
            Position position = new Position(PAYMENTS, 5_000 + i);
            racing.add(new NaiveFold.Entry(position, position.offset(), payment)); // before a reader can see it
            customers.happens(position, payment);
            if (i % 100 == 0) {
                int before = checked.get();
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> checked.get() > before || checks.stream().anyMatch(Future::isDone));
            }
        }
        awaitAsOf("fraud.customer", "racer", Map.of(PAYMENTS, 5_000L + events));
        written.set(true);
        for (Future<?> check : checks) {
            check.get();
        }
        readers.shutdown();
        assertMatches(ask("fraud.customer", "racer", String.valueOf(NOW)), FraudViews.CUSTOMER, racing);
    }

    private static void pays(Origin origin, long offset, String customer, String terminal, long cents, long at) {
        customers.happens(
                new Position(origin, offset), new Transaction("tx-" + origin + offset, at, customer, terminal, cents));
    }

    private static JsonPath ask(String view, String entity, String at) {
        var request = given().pathParam("view", view).pathParam("entity", entity);
        if (at != null) {
            request.queryParam("at", at);
        }
        return request.get("/v1/views/{view}/{entity}")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath(JsonPathConfig.jsonPathConfig().numberReturnType(NumberReturnType.DOUBLE));
    }

    private static JsonPath awaitAsOf(String view, String entity, Map<Origin, Long> asOf) {
        producer.flush();
        return await().atMost(Duration.ofSeconds(30)).until(() -> ask(view, entity, null), a -> covers(a, asOf));
    }

    private static JsonPath awaitGeneration(String view, String entity, long generation, Map<Origin, Long> asOf) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> ask(view, entity, null),
                        a -> a.getLong("provenance.generation") == generation && covers(a, asOf));
    }

    private static boolean covers(JsonPath answer, Map<Origin, Long> asOf) {
        return asOf(answer).covers(Cut.of(asOf));
    }

    private static Cut asOf(JsonPath answer) {
        Map<Origin, Long> asOf = new TreeMap<>();
        for (Map<String, Object> origin : answer.<Map<String, Object>>getList("provenance.asOf")) {
            asOf.put(
                    new Origin((String) origin.get("topic"), (Integer) origin.get("partition")),
                    ((Number) origin.get("offset")).longValue());
        }
        return Cut.of(asOf);
    }

    private static void assertMatchesTheLog(JsonPath answer, WrittenView<?> written) {
        View<?> view = written == customers ? FraudViews.CUSTOMER : FraudViews.TERMINAL;
        assertMatches(answer, view, written.log());
    }

    private static <A> void assertMatches(JsonPath answer, View<A> view, List<NaiveFold.Entry> log) {
        List<A> fold = NaiveFold.fold(
                view, log, Known.upTo(asOf(answer)), answer.getString("entity"), answer.getLong("atMillis"));
        List<Map<String, Object>> windows = answer.getList("windows");
        for (int i = 0; i < fold.size(); i++) {
            A expected = fold.get(i);
            Map<String, Object> merged = answer.getMap("windows[" + i + "].merged.measures");
            view.measures()
                    .forEach((name, measure) -> assertThat(((Number) merged.get(name)).doubleValue())
                            .as("%s of %s as of %s", name, answer.getString("entity"), asOf(answer))
                            .isEqualTo(measure.applyAsDouble(expected)));
        }
        assertThat(windows).hasSameSizeAs(fold);
    }
}
