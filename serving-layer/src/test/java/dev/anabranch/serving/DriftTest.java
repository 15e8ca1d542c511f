package dev.anabranch.serving;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import dev.anabranch.contract.DriftFinding;
import dev.anabranch.contract.DriftReport;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** What runs found, as it is asked for and as it is watched. */
@QuarkusTest
@WithTestResource(TestBroker.class)
class DriftTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final DriftFinding RAISED =
            new DriftFinding("feature/amount-cents", "psi", "1d", 0.75, 0.2, 900L, true, 5_000L, "beside 7000 rows");
    private static final DriftFinding NOT_RAISED =
            new DriftFinding("score", "ks", "7d", 0.05, 0.1, 9_000L, false, 0L, "p 0.3");

    @ConfigProperty(name = "anabranch.kafka.bootstrap-servers")
    String bootstrapServers;

    @Test
    void theNewestReportIsToldWithItsAlertsAndIsAMetric() {
        publish("drifting", Wire.DRIFT_REPORT.encode(report("run-1", "", List.of(RAISED, NOT_RAISED))));

        await().atMost(PATIENCE)
                .untilAsserted(() -> given().get("/v1/drift/drifting")
                        .then()
                        .statusCode(200)
                        .body("version", equalTo(3))
                        .body("run", equalTo("run-1"))
                        .body("findings", hasSize(2))
                        .body("alerts.subject", contains("feature/amount-cents"))
                        .body("alerts[0].sinceMillis", equalTo(5_000))
                        .body("findings[1]", not(hasKey("sinceMillis")))
                        .body("$", not(hasKey("nothing"))));
        given().get("/v1/drift").then().body("models.model", hasItem("drifting"));
        given().get("/q/metrics")
                .then()
                .body(containsString("anabranch_model_drift_alerts{model=\"drifting\"} 1.0"))
                .body(containsString("subject=\"feature/amount-cents\",window=\"1d\"} 0.75"));

        publish("drifting", new byte[] {1, 2, 3});
        publish("drifting", Wire.DRIFT_REPORT.encode(report("run-2", "no reference", List.of())));

        await().atMost(PATIENCE)
                .untilAsserted(() -> given().get("/v1/drift/drifting")
                        .then()
                        .body("run", equalTo("run-2"))
                        .body("nothing", equalTo("no reference"))
                        .body("findings", hasSize(0)));
        given().get("/q/metrics")
                .then()
                .body(containsString("anabranch_model_drift_alerts{model=\"drifting\"} 0.0"))
                .body(not(containsString("feature/amount-cents")));
    }

    @Test
    void aModelThatNoRunHasLookedAtIsToldFromOneThatDoesNotExist() {
        given().get("/v1/drift/fraud")
                .then()
                .statusCode(404)
                .body(containsString("No run of the batch layer has looked yet whether fraud drifts"));
        given().get("/v1/drift/freud")
                .then()
                .statusCode(404)
                .body(containsString("There is no model named 'freud'; there are [fraud"));
    }

    private static DriftReport report(String run, String nothing, List<DriftFinding> findings) {
        return new DriftReport("drifting", 3L, run, 10L, 7_200_000L, nothing, "", 0L, 0L, findings);
    }

    private void publish(String model, byte[] record) {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.DRIFT, model, record));
        }
    }
}
