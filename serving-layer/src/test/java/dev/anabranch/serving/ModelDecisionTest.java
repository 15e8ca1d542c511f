package dev.anabranch.serving;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Topics;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.learning.LearntVersion;
import dev.anabranch.recommendation.CandidateFeatures;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(TestBroker.class)
class ModelDecisionTest {
    private static final String MODEL = "recommendation";
    private static final SmallModel GOOD = new SmallModel(MODEL, CandidateFeatures.NAMES, 0.1f, -1f);

    @ConfigProperty(name = "anabranch.kafka.bootstrap-servers")
    String bootstrapServers;

    @Inject
    ServingConfig config;

    @Inject
    Models models;

    @AfterEach
    void withdraw() {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.MODELS, MODEL.getBytes(), null));
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> models.version(MODEL).isEmpty());
    }

    @Test
    void versionsArePromotedAndRolledBackWithWhoAndWhy() {
        long first = register(GOOD.version(0), true);
        long second = register(GOOD.version(0), true);

        promote(first, "ann", "a start").statusCode(200).body("version", equalTo((int) first));
        awaitLive(first);
        promote(second, "bob", "it is better").statusCode(200).body("replaced", equalTo((int) first));
        awaitLive(second);
        given().contentType(ContentType.JSON)
                .body(Map.of("by", "ann", "why", "too many alarms"))
                .post("/v1/models/" + MODEL + "/rollback")
                .then()
                .statusCode(200)
                .body("version", equalTo((int) first))
                .body("replaced", equalTo((int) second));
        awaitLive(first);

        given().get("/v1/models/" + MODEL)
                .then()
                .statusCode(200)
                .body("live", equalTo((int) first))
                .body("versions.version", hasItem((int) second))
                .body("decisions[-1].by", equalTo("ann"))
                .body("decisions[-1].why", equalTo("too many alarms"));
        given().get("/v1/models/" + MODEL + "/" + second)
                .then()
                .statusCode(200)
                .body("algorithm", equalTo("logistic-regression"))
                .body("features", equalTo(CandidateFeatures.NAMES))
                .body("gate", equalTo("test"))
                .body("judgement.gates[0].told", equalTo("test"));
        given().contentType(ContentType.JSON)
                .body(Map.of("version", second, "insteadOf", second, "by", "bob", "why", "has not seen the rollback"))
                .post("/v1/models/" + MODEL + "/live")
                .then()
                .statusCode(409)
                .body("detail", containsString("by ann"));
        assertThat(models.version(MODEL).orElseThrow().getVersion()).isEqualTo(first);

        promote(second, "bob", "once more").statusCode(200);
        promote(first, "bob", "by mistake, though it was live before")
                .statusCode(200)
                .body("back", equalTo(false));
        given().contentType(ContentType.JSON)
                .body(Map.of("by", "ann", "why", "it was a mistake"))
                .post("/v1/models/" + MODEL + "/rollback")
                .then()
                .statusCode(200)
                .body("version", equalTo((int) second))
                .body("back", equalTo(true));
        awaitLive(second);
    }

    @Test
    void aVersionThatLearnsAsLabelsArriveSaysFromHowManyAndIsNotPromotedUnmeasuredUnlessThatIsMeant() {
        ModelVersion learnt = GOOD.version(0);
        learnt.put("algorithm", LearntVersion.ALGORITHM);
        learnt.put("parameters", Map.of(LearntVersion.LABELS, "12000"));
        long version = register(learnt, true);

        promote(version, "ann", "to see")
                .statusCode(409)
                .body("detail", containsString("learns as labels arrive and has been measured on none yet"));
        given().contentType(ContentType.JSON)
                .body(Map.of("version", version, "unevaluated", true, "by", "ann", "why", "to see"))
                .post("/v1/models/" + MODEL + "/live")
                .then()
                .statusCode(200);
        awaitLive(version);

        given().get("/v1/models/" + MODEL)
                .then()
                .statusCode(200)
                .body("versions.find { it.version == " + version + " }.labelsLearnt", equalTo(12_000))
                .body("versions.find { it.version == " + version + " }.evaluated", equalTo(false));
        given().get("/v1/models")
                .then()
                .statusCode(200)
                .body("models.find { it.name == '" + MODEL + "' }.labelsLearnt", equalTo(12_000));
    }

    @Test
    void whatMustNotBeLiveIsRefusedWithTheReason() {
        long held = register(GOOD.version(0), false);
        long corrupt = register(GOOD.version(0, "0".repeat(64), -1f), true);
        long wrong = register(new SmallModel(MODEL, List.of("foreign"), 1f, 0f).version(0), true);

        promote(held, "ann", "why not").statusCode(409).body("detail", containsString("did not pass its gates: test"));
        promote(corrupt, "ann", "why not").statusCode(409).body("detail", containsString("cannot answer"));
        promote(wrong, "ann", "why not").statusCode(409).body("detail", containsString("cannot answer"));
        promote(wrong + 1, "ann", "why not")
                .statusCode(404)
                .body("detail", containsString("There is no version " + (wrong + 1)));
        promote(held, " ", "why not").statusCode(400).body("violations[0].field", containsString("by"));
        given().get("/v1/models/elsewhere").then().statusCode(404).body("known", hasItem(MODEL));
        assertThat(models.version(MODEL)).isEmpty();
    }

    private ValidatableResponse promote(long version, String by, String why) {
        return given().contentType(ContentType.JSON)
                .body(Map.of("version", version, "by", by, "why", why))
                .post("/v1/models/" + MODEL + "/live")
                .then();
    }

    private void awaitLive(long version) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> models.version(MODEL)
                        .map(ModelVersion::getVersion)
                        .filter(live -> live == version)
                        .isPresent());
    }

    private long register(ModelVersion version, boolean passed) {
        try (Lakehouse lakehouse = Lakehouse.open(config.catalog())) {
            return new ModelRegistry(lakehouse)
                    .register(version, Judgement.of("test", passed, "test"))
                    .version()
                    .getVersion();
        }
    }
}
