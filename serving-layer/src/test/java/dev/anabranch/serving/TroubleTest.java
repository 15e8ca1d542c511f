package dev.anabranch.serving;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What serving does when others fail it: callers that never end, another replica, and last the broker. */
@QuarkusTest
@WithTestResource(TestBroker.class)
@TestProfile(TroubleTest.Copies.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TroubleTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long NOW = System.currentTimeMillis();
    private static final List<String> ENTITIES =
            IntStream.range(0, 12).mapToObj(i -> "e-" + i).toList();
    private static final int AT_ONCE = 4;

    private static KafkaProducer<byte[], byte[]> producer;
    private static WrittenView<CustomerActivity> customers;
    private static long next;

    @ConfigProperty(name = "anabranch.kafka.bootstrap-servers")
    String bootstrapServers;

    @TestBroker.Stop
    Runnable stopBroker;

    public static final class Copies implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "anabranch.serving.application", "serving-trouble",
                    "anabranch.serving.standbys", "1",
                    "anabranch.serving.acknowledge-within", "PT2S",
                    "anabranch.serving.max-in-flight", String.valueOf(AT_ONCE));
        }
    }

    @BeforeEach
    void connect() {
        if (producer == null) {
            producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", bootstrapServers),
                    new ByteArraySerializer(),
                    new ByteArraySerializer());
            customers = new WrittenView<>(FraudViews.CUSTOMER, producer);
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> given().get("/q/health/ready").then().statusCode(200));
    }

    @AfterAll
    static void disconnect() {
        producer.close(Duration.ZERO);
    }

    @Test
    @Order(1)
    void oneRequestTooManyIsRefusedAtOnceAndHealthStillAnswers() throws IOException {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < AT_ONCE; i++) {
                slow.add(requestThatNeverEnds());
            }

            await().atMost(PATIENCE)
                    .untilAsserted(() -> given().get("/v1/status")
                            .then()
                            .statusCode(503)
                            .contentType(Problem.MEDIA_TYPE)
                            .header("Retry-After", "1")
                            .body("detail", containsString("At most " + AT_ONCE + " requests")));
            given().get("/q/health/live").then().statusCode(200);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> given().get("/v1/status").then().statusCode(200));
    }

    @Test
    @Order(2)
    void whenAnotherReplicaDiesEverythingIsAnsweredFromCopiesThatSayTheyAre() throws Exception {
        pay(1);
        awaitPayments(1);
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService caller = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> asked = caller.submit(() -> askAllUntil(over));
            try (Ghost ghost = new Ghost(bootstrapServers, "serving-trouble", 1)) {
                await().atMost(PATIENCE).untilAsserted(() -> {
                    assertThat(ghost.keeps()).isPositive();
                    assertThat(ENTITIES).anyMatch(TroubleTest::isAnsweredFromACopy);
                });
                pay(2);
                awaitPayments(2); // a copy goes on with what the other commits
            }
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(ENTITIES).noneMatch(TroubleTest::isAnsweredFromACopy));
            over.set(true);
            assertThat(asked.get()).as("questions, every one of them answered").isGreaterThan(ENTITIES.size());
        } finally {
            over.set(true);
            caller.shutdownNow();
        }
    }

    @Test
    @Order(3)
    void whenTheBrokerIsGoneQueriesAreAnsweredWithTheirAgeAndEventsAreRefused() {
        customers.signOfLife(System.currentTimeMillis(), NOW);
        producer.flush();
        await().atMost(PATIENCE).until(() -> signOfLifeAge(ask("e-1")) < PATIENCE.toMillis());
        stopBroker.run();

        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(given().get("/v1/status").jsonPath().getBoolean("kafka.answers"))
                                .isFalse());
        JsonPath first = ask("e-1");
        JsonPath later = await().until(() -> ask("e-1"), a -> signOfLifeAge(a) > signOfLifeAge(first) + 100);
        assertThat(later.getLong("windows[0].merged.aggregate.payments")).isEqualTo(2);
        assertThat(later.getLong("provenance.freshness.signOfLifeMillis"))
                .isEqualTo(first.getLong("provenance.freshness.signOfLifeMillis"));

        Response refused = given().contentType("application/json")
                .body("{\"transactionId\":\"t\",\"eventTimeMillis\":" + NOW
                        + ",\"customerId\":\"c\",\"terminalId\":\"t\",\"amountCents\":1}")
                .post("/v1/events/transaction");
        refused.then()
                .statusCode(503)
                .contentType(Problem.MEDIA_TYPE)
                .header("Retry-After", "1")
                .body("detail", containsString(bootstrapServers));
    }

    private static Socket requestThatNeverEnds() throws IOException {
        Socket socket = new Socket("127.0.0.1", RestAssured.port);
        socket.getOutputStream()
                .write(("POST /v1/events/transaction HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n1\r\n[\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        return socket;
    }

    /** Every entity pays once, in order. */
    private static void pay(int round) {
        for (String entity : ENTITIES) {
            customers.happens(
                    new Position(new Origin(FraudEvents.TRANSACTION.topic(), 0), next++),
                    new Transaction("t-" + entity + round, NOW - 1_000, entity, "w", 100L));
        }
        producer.flush();
    }

    private static void awaitPayments(int payments) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(ENTITIES)
                        .allMatch(entity -> ask(entity).getLong("windows[0].merged.aggregate.payments") == payments));
    }

    /** How many questions were answered; all of them were. */
    private static int askAllUntil(AtomicBoolean over) {
        int answered = 0;
        while (!over.get()) {
            for (String entity : ENTITIES) {
                ask(entity);
                answered++;
            }
        }
        return answered;
    }

    private static JsonPath ask(String entity) {
        Response answer = given().get("/v1/views/fraud.customer/" + entity);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        JsonPath path = answer.jsonPath();
        assertThat(path.getBoolean("provenance.exact")).isTrue();
        return path;
    }

    /** An answer from the owner's own state does not carry the mark at all. */
    private static boolean isAnsweredFromACopy(String entity) {
        return ask(entity).get("provenance.standby") != null;
    }

    private static long signOfLifeAge(JsonPath answer) {
        Object age = answer.get("provenance.freshness.signOfLifeAgeMs");
        return age == null ? Long.MAX_VALUE / 2 : ((Number) age).longValue();
    }
}
