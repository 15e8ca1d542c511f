package dev.anabranch.serving;

import static dev.anabranch.fraud.FraudEvents.OUTCOME;
import static dev.anabranch.fraud.FraudViews.OUTCOMES;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.quality.Outcome;
import dev.anabranch.quality.OutcomeSums;
import dev.anabranch.quality.Outcomes;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(TestBroker.class)
class ModelQualityTest {
    private static final long NOW = System.currentTimeMillis();
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final Origin ORIGIN = new Origin(OUTCOME.topic(), 0);

    @ConfigProperty(name = "anabranch.kafka.bootstrap-servers")
    String bootstrapServers;

    @Inject
    ServingConfig config;

    @Test
    void figuresAreReadOffBothPartsOfTheViewOfOneVersion() {
        long version = register();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            WrittenView<OutcomeSums> view = new WrittenView<>(OUTCOMES, producer);
            view.happens(at(0), outcome(version, "a", NOW - 20 * DAY, 0.1, false, false));
            view.happens(at(1), outcome(version, "b", NOW - 20 * DAY, 0.35, false, false));
            view.publish(1, Cut.of(Map.of(ORIGIN, Cut.BLOCK)), Cut.NOTHING, 0, NOW);
            view.happens(
                    at(Cut.BLOCK), outcome(version, "b", NOW - 20 * DAY, 0.35, true, true)); // it was fraud after all
            view.happens(at(Cut.BLOCK + 1), outcome(version, "c", NOW - 3 * DAY, 0.4, false, false));
            view.happens(at(Cut.BLOCK + 2), outcome(version, "d", NOW, 0.8, true, false));
            producer.flush();

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(ask(version, "k=1").getInt("windows[2].predictions"))
                            .isEqualTo(4));
        }
        JsonPath answer = ask(version, "k=1");
        assertThat(answer.getBoolean("seen")).isTrue();
        assertThat(answer.getBoolean("provenance.exact")).isTrue();
        assertThat(answer.getInt("provenance.generation")).isEqualTo(1);
        assertThat(answer.<String>getList("windows.window")).containsExactly("1d", "7d", "28d");
        assertThat(answer.<Integer>getList("windows.predictions")).containsExactly(1, 2, 4);
        assertThat(answer.<Integer>getList("windows.positives")).containsExactly(1, 1, 2);
        assertThat(answer.getDouble("windows[2].auc.value")).isEqualTo(0.75);
        assertThat(answer.getDouble("windows[2].auc.least")).isEqualTo(0.75);
        assertThat(answer.getDouble("windows[2].averagePrecision.value")).isCloseTo(5 / 6.0, within(1e-6));
        assertThat(answer.getDouble("windows[2].precisionAtK.value")).isEqualTo(1);
        assertThat(answer.getDouble("windows[2].brier")).isCloseTo(0.158125, within(1e-6));
        assertThat(answer.getDouble("windows[2].positiveRate")).isEqualTo(0.5);
        assertThat(answer.<Object>get("windows[0].auc")).as("one class alone").isNull();

        given().get("/v1/models/fraud/quality")
                .then()
                .statusCode(200)
                .body("versions.find { it.version == " + version + " }.windows[2].predictions", equalTo(4))
                .body("versions.find { it.version == " + version + " }.windows[2].precisionAtK", nullValue());
        assertThat(ask(version, "at=" + (NOW - 10 * DAY)).getInt("windows[2].predictions"))
                .isEqualTo(2);
    }

    @Test
    void whatAVersionExpectedToBeLostIsComparedWithWhatWas() {
        long version = register();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            WrittenView<OutcomeSums> view = new WrittenView<>(OUTCOMES, producer);
            view.happens(at(0), outcome(version, "a", NOW - 20 * DAY, 0.1, false, false));
            view.happens(at(1), outcome(version, "b", NOW - 20 * DAY, 0.35, false, false));
            view.publish(1, Cut.of(Map.of(ORIGIN, Cut.BLOCK)), Cut.NOTHING, 0, NOW);
            view.happens(
                    at(Cut.BLOCK), outcome(version, "b", NOW - 20 * DAY, 0.35, true, true)); // it was fraud after all
            view.happens(at(Cut.BLOCK + 1), outcome(version, "c", NOW - 3 * DAY, 0.4, false, false));
            producer.flush();

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(errors(version).getInt("windows[2].amounts"))
                            .isEqualTo(3));
        }
        JsonPath answer = errors(version);
        assertThat(answer.getBoolean("seen")).isTrue();
        assertThat(answer.getBoolean("provenance.exact")).isTrue();
        assertThat(answer.<String>getList("windows.window")).containsExactly("1d", "7d", "28d");
        assertThat(answer.<Integer>getList("windows.amounts")).containsExactly(0, 1, 3);
        assertThat(answer.getDouble("windows[2].expected"))
                .as("of 4,000 cents each")
                .isEqualTo(3_400);
        assertThat(answer.getDouble("windows[2].actual")).isEqualTo(4_000);
        assertThat(answer.getDouble("windows[2].bias")).isEqualTo(-200);
        assertThat(answer.getDouble("windows[2].relativeBias")).isCloseTo(-0.15, within(1e-6));
        assertThat(answer.getDouble("windows[2].meanAbsoluteError")).isCloseTo(4_600 / 3.0, within(1e-2));
        assertThat(answer.getDouble("windows[2].rootMeanSquaredError"))
                .isCloseTo(Math.sqrt((400.0 * 400 + 2_600 * 2_600 + 1_600 * 1_600) / 3), within(1e-2));
        assertThat(answer.<Object>get("windows[1].relativeBias"))
                .as("nothing was lost")
                .isNull();
        assertThat(answer.<Object>get("windows[0].bias")).isNull();

        given().get("/v1/models/fraud/errors")
                .then()
                .statusCode(200)
                .body("versions.find { it.version == " + version + " }.windows[2].amounts", equalTo(3));
        given().get("/v1/models/recommendation/errors")
                .then()
                .statusCode(404)
                .body("detail", equalTo("Predictions of recommendation expect no amounts; those of [fraud] do"));
        given().get("/v1/models/fraud/" + (version + 1_000) + "/errors").then().statusCode(404);
        given().get("/v1/models/fraud/" + version + "/errors?at=noon")
                .then()
                .statusCode(400)
                .body("violations[0].field", equalTo("at"));
    }

    @Test
    void aVersionWhoseOutcomesAreStillToComeHasNoFigures() {
        long version = register();
        JsonPath answer = await().atMost(Duration.ofSeconds(60))
                .until(() -> given().get("/v1/models/fraud/" + version + "/quality"), it -> it.statusCode() == 200)
                .jsonPath();
        assertThat(answer.getBoolean("seen")).isFalse();
        assertThat(answer.getInt("windows[0].predictions")).isZero();
        assertThat(answer.<Object>get("windows[0].brier")).isNull();
    }

    @Test
    void whatIsNotThereIsSaid() {
        long version = register();
        given().get("/v1/models/nonsense/quality").then().statusCode(404).body("known", hasItem("fraud"));
        given().get("/v1/models/fraud/" + (version + 1_000) + "/quality")
                .then()
                .statusCode(404)
                .body("detail", containsString("There is no version " + (version + 1_000) + " of fraud"));
        given().get("/v1/models/recommendation/quality")
                .then()
                .statusCode(404)
                .body("detail", equalTo("Predictions of recommendation do not meet labels; those of [fraud] do"));
        given().get("/v1/models/fraud/" + version + "/quality?k=0")
                .then()
                .statusCode(400)
                .body("violations[0].rule", equalTo("must be 1 or more"));
    }

    @Test
    void nobodyElseMayAppendAnOutcome() {
        given().contentType("application/json")
                .body("{}")
                .post("/v1/events/fraud-outcome")
                .then()
                .statusCode(404)
                .body("known", not(hasItem("fraud-outcome")));
        given().get("/v1/status").then().statusCode(200).body("events.types", not(hasItem("fraud-outcome")));
    }

    private JsonPath ask(long version, String query) {
        return given().get("/v1/models/fraud/" + version + "/quality?" + query)
                .then()
                .extract()
                .jsonPath();
    }

    private JsonPath errors(long version) {
        return given().get("/v1/models/fraud/" + version + "/errors")
                .then()
                .extract()
                .jsonPath();
    }

    private static Position at(long offset) {
        return new Position(ORIGIN, offset);
    }

    private static Outcome outcome(
            long version, String id, long atMillis, double score, boolean positive, boolean correction) {
        return new Outcome(
                id + (correction ? "-2" : "-1"),
                atMillis,
                Outcomes.judged("fraud", version),
                id,
                id,
                score,
                positive,
                correction,
                4_000L);
    }

    private long register() {
        try (Lakehouse lakehouse = Lakehouse.open(config.catalog())) {
            return new ModelRegistry(lakehouse)
                    .register(
                            new SmallModel("fraud", FraudFeatures.NAMES, 0.1f, -1f).version(0),
                            Judgement.of("test", true, "test"))
                    .version()
                    .getVersion();
        }
    }
}
