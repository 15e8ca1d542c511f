package dev.anabranch.serving;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.anabranch.event.Admission;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.Transaction;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(TestBroker.class)
class EventsTest {
    private static final long NOW = System.currentTimeMillis();

    @ConfigProperty(name = "anabranch.kafka.bootstrap-servers")
    String bootstrapServers;

    @BeforeEach
    void ready() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().get("/q/health/ready").then().statusCode(200));
    }

    @Test
    void anEventIsAcknowledgedWithItsPositionAndIsInTheLogThere() {
        JsonPath answer = post("transaction", payment("e-1", "carl", "4200"))
                .statusCode(201)
                .body("positions", hasSize(1))
                .extract()
                .jsonPath();

        ConsumerRecord<byte[], byte[]> record = recordAt(
                answer.getString("positions[0].topic"),
                answer.getInt("positions[0].partition"),
                answer.getLong("positions[0].offset"));
        assertThat(record.timestamp()).isEqualTo(answer.getLong("positions[0].timestamp"));
        assertThat(record.partition()).isEqualTo(WrittenView.partition("carl"));
        assertThat(FraudEvents.TRANSACTION.admit(record.key(), record.value(), record.timestamp()))
                .isEqualTo(new Admission.Admitted<>(new Transaction("e-1", NOW, "carl", "t-9", 4200L)));
    }

    @Test
    void manyEventsAreAcknowledgedInTheOrderTheyWereGiven() {
        String events = IntStream.range(0, 1_000)
                .mapToObj(i -> payment("m-" + i, "c-" + i % 7, String.valueOf(i)))
                .collect(Collectors.joining(",", "[", "]"));

        List<Map<String, Object>> positions =
                post("transaction", events).statusCode(201).extract().jsonPath().getList("positions");

        assertThat(positions).hasSize(1_000);
        assertThat(positions.get(0).get("partition")).isEqualTo(WrittenView.partition("c-0"));
        assertThat(positions.stream().map(p -> p.get("partition") + "@" + p.get("offset")))
                .doesNotHaveDuplicates();
    }

    @Test
    void nothingOfAnArrayIsWrittenWhenOneOfItBreaksARule() {
        long before = ends();

        post("transaction", "[" + payment("x", "c", "1") + "," + payment("y", "c", "-1") + ",7]")
                .statusCode(400)
                .contentType(Problem.MEDIA_TYPE)
                .body("violations.field", hasItems("[1].amountCents", "[2]"));

        assertThat(ends()).isEqualTo(before);
    }

    @Test
    void anUnknownEventTypeIsAnsweredWithTheKnownOnes() {
        post("refund", payment("x", "c", "1"))
                .statusCode(404)
                .contentType(Problem.MEDIA_TYPE)
                .body("detail", containsString("'refund'"))
                .body("known", hasItems("transaction", "fraud-label"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "amountCents | -1 | must be between 0 and 10000000000",
                "amountCents | 1.5 | must be a whole number of 64 bits",
                "amountCents | NaN | must be a whole number of 64 bits",
                "amountCents | \"1\" | must be a whole number of 64 bits",
                "amountCents | 99999999999999999999 | must be a whole number of 64 bits",
                "eventTimeMillis | -1 | must not be before 1970",
                "eventTimeMillis | 99999999999999 | must not be more than PT5M past its arrival",
                "customerId | \"\" | must have 1 to 256 characters",
                "customerId | 7 | must be text",
            })
    void aBrokenRuleIsToldWithFieldRuleAndValue(String field, String value, String rule) {
        String event = payment("x", "c", "1").replaceAll("(\"" + field + "\":)(\"[^\"]*\"|[^,}]*)", "$1" + value);

        post("transaction", event)
                .statusCode(400)
                .contentType(Problem.MEDIA_TYPE)
                .body("type", equalTo("urn:anabranch:problem:invalid-request"))
                .body("status", equalTo(400))
                .body("violations[0].field", equalTo(field))
                .body("violations[0].rule", startsWith(rule))
                .body("violations[0].value", notNullValue());
    }

    @Test
    void malformedJsonIsToldWithLineAndColumn() {
        post("transaction", "{\"transactionId\":\n  oops}")
                .statusCode(400)
                .contentType(Problem.MEDIA_TYPE)
                .body("type", equalTo("urn:anabranch:problem:malformed-json"))
                .body("detail", allOf(containsString("line 2"), containsString("column")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "[]", "7", "null", "\"text\"", "{} {}", "{\"a\":1,\"a\":2}", "[{]}"})
    void aBodyThatIsNoEventIsAProblem(String body) {
        post("transaction", body).statusCode(400).contentType(Problem.MEDIA_TYPE);
    }

    @Test
    void aBodyOfTenMegabytesIsRefused() {
        given().contentType(ContentType.JSON)
                .body("[" + " ".repeat(10 * 1024 * 1024) + "]")
                .post("/v1/events/transaction")
                .then()
                .statusCode(413)
                .contentType(Problem.MEDIA_TYPE)
                .body("detail", containsString("1048576 bytes"));
    }

    @Test
    void anotherMediaTypeIsRefused() {
        given().contentType("text/plain")
                .body("hello")
                .post("/v1/events/transaction")
                .then()
                .statusCode(415)
                .contentType(Problem.MEDIA_TYPE)
                .body("detail", containsString("text/plain"));
    }

    private static ValidatableResponse post(String type, String body) {
        return given().contentType(ContentType.JSON)
                .body(body)
                .post("/v1/events/" + type)
                .then();
    }

    private static String payment(String id, String customer, String amountCents) {
        return "{\"transactionId\":\"" + id + "\",\"eventTimeMillis\":" + NOW + ",\"customerId\":\"" + customer
                + "\",\"terminalId\":\"t-9\",\"amountCents\":" + amountCents + "}";
    }

    private ConsumerRecord<byte[], byte[]> recordAt(String topic, int partition, long offset) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            TopicPartition from = new TopicPartition(topic, partition);
            consumer.assign(List.of(from));
            consumer.seek(from, offset);
            List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
            Awaitility.await().pollInSameThread().until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(found::add);
                return !found.isEmpty();
            });
            return found.get(0);
        }
    }

    private long ends() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> all = consumer.partitionsFor(FraudEvents.TRANSACTION.topic()).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            return consumer.endOffsets(all).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
