package dev.anabranch.serving;

import static dev.anabranch.fraud.FraudEvents.OUTCOME;
import static dev.anabranch.fraud.FraudViews.OUTCOMES;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.contract.ModelKey;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.quality.Outcome;
import dev.anabranch.quality.OutcomeSums;
import dev.anabranch.quality.Outcomes;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an answer says of a score when labels have come. */
@QuarkusTest
@WithTestResource(TestBroker.class)
class CalibratedScoreTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long NOW = System.currentTimeMillis();
    /** No version of another test. */
    private static final long VERSION = 70_001;

    private static final SmallModel MODEL = new SmallModel("fraud", FraudFeatures.NAMES, 0.001f, -1f);
    private static final Origin ORIGIN = new Origin(OUTCOME.topic(), 0);

    @ConfigProperty(name = "anabranch.kafka.bootstrap-servers")
    String bootstrapServers;

    @AfterEach
    void withdraw() {
        publish(null);
        await().atMost(PATIENCE).until(() -> ask().statusCode() == 503);
    }

    @Test
    void theScoreStandsBesideTheShareThatCameTrueOnceEnoughLabelsHaveCome() {
        publish(Wire.MODEL_VERSION.encode(MODEL.version(VERSION)));
        JsonPath before = await().atMost(PATIENCE)
                .until(this::ask, answer -> answer.statusCode() == 200)
                .jsonPath();
        assertThat(before.<Object>get("calibrated")).as("without a label").isNull();

        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            WrittenView<OutcomeSums> view = new WrittenView<>(OUTCOMES, producer);
            for (int i = 0; i < 400; i++) {
                view.happens(new Position(ORIGIN, 50 * Cut.BLOCK + i), outcome("p-" + i, i % 4 == 0));
            }
            producer.flush();
        }
        JsonPath after = await().atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> ask().jsonPath(), answer -> answer.get("calibrated") != null);
        assertThat(after.getDouble("calibrated")).isEqualTo(0.25);
        assertThat(after.getDouble("score")).as("as it is in the log").isEqualTo(before.getDouble("score"));
    }

    private Response ask() {
        return given().contentType(ContentType.JSON)
                .body(Map.of("customerId", "c-1", "terminalId", "t-1", "amountCents", 500))
                .post("/v1/fraud/score");
    }

    private void publish(byte[] version) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                    Topics.MODELS, ModelKey.live("fraud").toString().getBytes(), version));
        }
    }

    private static Outcome outcome(String id, boolean positive) {
        return new Outcome(
                id + "-1", NOW, Outcomes.judged("fraud", VERSION), id, "event-" + id, 0.3, positive, false, null);
    }
}
