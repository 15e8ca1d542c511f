package dev.anabranch.serving;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;

import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.imported.ImportedModel;
import dev.anabranch.model.Sha256;
import dev.anabranch.recommendation.CandidateFeatures;
import dev.anabranch.recommendation.RecommendationUseCase;
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

/** A model that was trained elsewhere, from a file to the one that answers. */
@QuarkusTest
@WithTestResource(TestBroker.class)
class ModelRegistrationTest {
    private static final String MODEL = "recommendation";
    private static final List<String> TWO = CandidateFeatures.NAMES.subList(1, 3);
    private static final byte[] FILE =
            Wire.bytes(new SmallModel("lab", TWO, 0.5f, -1f).version(0).getArtifact());

    @ConfigProperty(name = "anabranch.kafka.bootstrap-servers")
    String bootstrapServers;

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
    void aFileBecomesAVersionThatIsNotLiveUntilItIsPromoted() {
        int version = register(MODEL, String.join(",", TWO), FILE)
                .statusCode(201)
                .body("algorithm", equalTo("imported-onnx"))
                .body("features", equalTo(CandidateFeatures.NAMES))
                .body("parameters.imported-sha256", equalTo(Sha256.of(FILE)))
                .body("parameters.imported-by", equalTo("ann"))
                .body("parameters.imported-why", equalTo("from the lab"))
                .body("parameters.imported-file", equalTo("lab.onnx"))
                .body(
                        "views.size()",
                        equalTo(new RecommendationUseCase().views().size()))
                .body("judgement.gates[0].name", equalTo("signature"))
                .body("evaluated", equalTo(false))
                .body("gate", containsString("measured on no labels"))
                .extract()
                .path("version");

        given().get("/v1/models/" + MODEL).then().statusCode(200).body("versions.version", hasItem(version));
        assertThat(models.version(MODEL)).isEmpty();

        given().contentType(ContentType.JSON)
                .body(Map.of("version", version, "by", "bob", "why", "it looks good"))
                .post("/v1/models/" + MODEL + "/live")
                .then()
                .statusCode(409)
                .body("detail", containsString("measured on no labels yet"));
        given().contentType(ContentType.JSON)
                .body(Map.of("version", version, "unevaluated", true, "by", "bob", "why", "it looks good"))
                .post("/v1/models/" + MODEL + "/live")
                .then()
                .statusCode(200);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> models.version(MODEL)
                        .filter(live -> live.getVersion() == version)
                        .isPresent());
        double[] row = new double[CandidateFeatures.NAMES.size()];
        row[0] = 9; // not for this model
        row[1] = 3;
        double score = models.with(MODEL, model -> model.score(row));
        assertThat(score).isCloseTo(1 / (1 + Math.exp(-0.5)), within(1e-6));
    }

    @Test
    void whatCannotBeAModelIsRefusedByEveryRuleItBreaksAndNothingIsKept() {
        int before = versions();

        register(MODEL, "mood," + TWO.get(0) + ",weather", FILE)
                .statusCode(400)
                .body("violations.field", equalTo(List.of("features[0]", "features[2]")))
                .body("violations[0].value", equalTo("'mood'"));
        register(MODEL, TWO.get(0), FILE).statusCode(400).body("detail", containsString("takes, 2, got 1"));
        register(MODEL, TWO.get(0), "no model".getBytes())
                .statusCode(400)
                .body("violations[0].field", equalTo("onnx"))
                .body("detail", containsString("must be an ONNX model"));
        register(MODEL, TWO.get(0), new byte[0]).statusCode(400).body("detail", containsString("got 0"));
        register(MODEL, TWO.get(0), new byte[ImportedModel.MOST_BYTES + 1])
                .statusCode(413)
                .body("detail", containsString(String.valueOf(ImportedModel.MOST_BYTES)));
        register("recommendation-items", TWO.get(0), FILE)
                .statusCode(400)
                .body("detail", containsString("model must be one that scores rows of features"));
        register("elsewhere", TWO.get(0), FILE).statusCode(404).body("known", hasItem(MODEL));
        given().contentType("application/octet-stream")
                .body(FILE)
                .post("/v1/models/" + MODEL)
                .then()
                .statusCode(400)
                .body("violations", hasSize(4)); // features, file, by, why

        assertThat(versions()).isEqualTo(before);
        assertThat(models.version(MODEL)).isEmpty();
    }

    private static int versions() {
        return given().get("/v1/models/" + MODEL)
                .then()
                .statusCode(200)
                .extract()
                .path("versions.size()");
    }

    private static ValidatableResponse register(String model, String features, byte[] file) {
        return given().contentType("application/octet-stream")
                .queryParam("features", features)
                .queryParam("file", "lab.onnx")
                .queryParam("by", "ann")
                .queryParam("why", "from the lab")
                .body(file)
                .post("/v1/models/" + model)
                .then();
    }
}
