package dev.anabranch.fraud.serving;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.ScoringPath;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.serving.Problem;
import dev.anabranch.serving.SmallModel;
import dev.anabranch.serving.TestBroker;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.assertj.core.data.Offset;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From no model at all to one that is replaced, told in order. */
@QuarkusTest
@WithTestResource(TestBroker.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FraudScoreTest {
    private static final SmallModel FIRST = new SmallModel("fraud", FraudFeatures.NAMES, 0.001f, -1f);
    private static final SmallModel SECOND = new SmallModel("fraud", FraudFeatures.NAMES, 0.001f, 2f);
    private static final String QUESTION = "{\"customerId\":\"c-1\",\"terminalId\":\"t-9\",\"amountCents\":420}";

    @ConfigProperty(name = "anabranch.kafka.bootstrap-servers")
    String bootstrapServers;

    @BeforeEach
    void ready() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().get("/q/health/ready").then().statusCode(200));
    }

    @Test
    @Order(1)
    void withoutAModelTheAnswerSaysWhatIsMissing() {
        score(QUESTION)
                .statusCode(503)
                .contentType(Problem.MEDIA_TYPE)
                .header("Retry-After", "1")
                .body("detail", containsString("There is no live model named 'fraud'"));
    }

    @Test
    @Order(2)
    void withAModelThePaymentIsScoredAndThePredictionIsInTheLogBeforeTheAnswer() {
        publish(FIRST.version(1));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> score(QUESTION).statusCode(200));

        JsonPath answer = score("{\"customerId\":\"c-1\",\"terminalId\":\"t-9\",\"amountCents\":1000,"
                        + "\"transactionId\":\"tx-7\",\"eventTimeMillis\":1700000000000}")
                .statusCode(200)
                .extract()
                .jsonPath();

        assertThat(answer.getDouble("score")).isCloseTo(FIRST.score(1000), Offset.offset(1e-5));
        assertThat(answer.getString("predictionId")).startsWith("fraud-rest-");
        assertThat(answer.getLong("model.version")).isEqualTo(1);
        assertThat(answer.getString("model.variant")).isEqualTo("champion");
        assertThat(answer.getMap("features").keySet()).containsExactlyElementsOf(List.copyOf(FraudFeatures.NAMES));
        assertThat(answer.getDouble("features.amount-cents")).isEqualTo(1000);
        assertThat(answer.getDouble("features.'customer.count.1d'")).isEqualTo(1); // the payment itself
        assertThat(answer.getBoolean("provenance.'fraud.customer'.exact")).isTrue();
        Prediction logged = prediction(answer.getString("predictionId"));
        assertThat(logged.getPath()).isEqualTo(ScoringPath.REST);
        assertThat(logged.getEventId()).isEqualTo("tx-7");
        assertThat(logged.getAtMillis()).isEqualTo(1700000000000L);
        assertThat(logged.getQuestion())
                .isEqualTo(Map.of("customerId", "c-1", "terminalId", "t-9", "amountCents", "1000"));
        assertThat(logged.getModelSha256()).isEqualTo(answer.getString("model.sha256"));
        assertThat(logged.getFeatures().get(0)).isEqualTo(1000.0);
        assertThat(logged.getReadings()).hasSize(2).allMatch(reading -> reading.getExact());
        assertThat(logged.getReadings().get(1).getEntity()).isEqualTo("t-9");
    }

    @Test
    @Order(3)
    void manyPaymentsAreScoredInTheOrderTheyWereAsked() {
        JsonPath answers = given().contentType(ContentType.JSON)
                .body("[" + QUESTION + "," + QUESTION.replace("420", "9000") + "]")
                .post("/v1/fraud/scores")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();

        assertThat(answers.getDouble("scores[0].score")).isCloseTo(FIRST.score(420), Offset.offset(1e-5));
        assertThat(answers.getDouble("scores[1].score")).isCloseTo(FIRST.score(9000), Offset.offset(1e-5));
    }

    @Test
    @Order(4)
    void aDamagedModelIsNotUsedAndTheOneBeforeStaysLive() {
        publish(SECOND.version(2, "0".repeat(64), 2f));

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> given().get("/v1/models")
                        .then()
                        .body("models[0].refused", containsString("SHA-256"))
                        .body("models[0].version", equalTo(1)));
        score(QUESTION).statusCode(200).body("model.version", equalTo(1));

        publish(FIRST.version(1));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> given().get("/v1/models").then().body("models[0].refused", nullValue()));
        score(QUESTION).statusCode(200).body("model.version", equalTo(1));
    }

    @Test
    @Order(5)
    void aNewModelTakesThePlaceOfTheOldOne() {
        publish(SECOND.version(3));

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> score(QUESTION).statusCode(200).body("model.version", equalTo(3)));
        assertThat(score(QUESTION).extract().jsonPath().getDouble("score"))
                .isCloseTo(SECOND.score(420), Offset.offset(1e-5));
        given().get("/v1/status").then().body("models.version", hasItem(3));
    }

    @ParameterizedTest
    @Order(6)
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{\"terminalId\":\"t\",\"amountCents\":1} | customerId | must be given",
                "{\"customerId\":\"c\",\"amountCents\":1} | terminalId | must be given",
                "{\"customerId\":\"c\",\"terminalId\":\"t\"} | amountCents | must be given",
                "{\"customerId\":\"\",\"terminalId\":\"t\",\"amountCents\":1} | customerId | must have 1 to 256 characters",
                "{\"customerId\":\"c\",\"terminalId\":\"t\",\"amountCents\":-1} | amountCents | must be between 0 and",
                "{\"customerId\":\"c\",\"terminalId\":\"t\",\"amountCents\":1.5} | amountCents | must be a whole number",
                "{\"customerId\":\"c\",\"terminalId\":\"t\",\"amountCents\":NaN} | amountCents | must be a whole number",
                "{\"customerId\":\"c\",\"terminalId\":\"t\",\"amountCents\":\"1\"} | amountCents | must be a whole number",
                "{\"customerId\":\"c\",\"terminalId\":\"t\",\"amountCents\":99999999999999999999} | amountCents | must be a whole number",
                "{\"customerId\":7,\"terminalId\":\"t\",\"amountCents\":1} | customerId | must be text",
                "{\"customerId\":\"c\",\"terminalId\":\"t\",\"amountCents\":1,\"amount\":1} | amount | is not known",
                "{\"customerId\":\"c\",\"terminalId\":\"t\",\"amountCents\":1,\"eventTimeMillis\":-1} | eventTimeMillis | must not be before 1970",
                "{\"customerId\":\"c\",\"terminalId\":\"t\",\"amountCents\":1,\"eventTimeMillis\":99999999999999} | eventTimeMillis | must not be more than PT5M",
                "{\"customerId\":\"c\",\"terminalId\":\"t\",\"amountCents\":1,\"transactionId\":\"\"} | transactionId | must have 1 to 256 characters",
                "[] | body | must be an object",
                "null | body | must be given",
            })
    void aBrokenQuestionIsToldWithFieldAndRule(String question, String field, String rule) {
        score(question)
                .statusCode(400)
                .contentType(Problem.MEDIA_TYPE)
                .body("violations[0].field", equalTo(field))
                .body("violations[0].rule", startsWith(rule))
                .body("violations[0].value", not(containsString("java")));
    }

    @Test
    @Order(7)
    void aBrokenQuestionAmongManyIsToldWithItsPlace() {
        given().contentType(ContentType.JSON)
                .body("[" + QUESTION + ",{\"customerId\":\"c\",\"terminalId\":\"t\"}]")
                .post("/v1/fraud/scores")
                .then()
                .statusCode(400)
                .body("violations[0].field", equalTo("[1].amountCents"));
        given().contentType(ContentType.JSON)
                .body("[" + QUESTION + "," + QUESTION.replace("420", "-4") + "]")
                .post("/v1/fraud/scores")
                .then()
                .statusCode(400)
                .body("violations[0].field", equalTo("[1].amountCents"));
        given().contentType(ContentType.JSON)
                .body("[]")
                .post("/v1/fraud/scores")
                .then()
                .statusCode(400)
                .body("violations[0].rule", equalTo("must hold 1 to 1000 payments"));
    }

    private static ValidatableResponse score(String question) {
        return given().contentType(ContentType.JSON)
                .body(question)
                .post("/v1/fraud/score")
                .then();
    }

    private void publish(ModelVersion version) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                    Topics.MODELS,
                    version.getName().getBytes(StandardCharsets.UTF_8),
                    Wire.MODEL_VERSION.encode(version)));
            producer.flush();
        }
    }

    private Prediction prediction(String id) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(consumer.partitionsFor(Topics.predictions("fraud")).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList());
            consumer.seekToBeginning(consumer.assignment());
            Map<String, Prediction> found = new HashMap<>();
            await().pollInSameThread().until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                    Prediction prediction = Wire.PREDICTION.decode(record.value());
                    assertThat(new String(record.key(), StandardCharsets.UTF_8))
                            .isEqualTo(prediction.getQuestion().get("customerId"));
                    found.put(prediction.getPredictionId(), prediction);
                });
                return found.containsKey(id);
            });
            return found.get(id);
        }
    }
}
