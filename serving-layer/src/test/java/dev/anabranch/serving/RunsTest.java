package dev.anabranch.serving;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;

import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.RunHistory;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(TestBroker.class)
class RunsTest {
    @Inject
    ServingConfig config;

    @Test
    void theLatestRunsAreToldNewestFirstWithWhyOneFailed() {
        try (Lakehouse lakehouse = Lakehouse.open(config.catalog())) {
            RunHistory history = new RunHistory(lakehouse);
            history.record(run("one", "fraud", 1_000, null));
            history.record(run("two", "recommendation", 2_000, "the disk is full"));
        }

        given().get("/v1/runs")
                .then()
                .statusCode(200)
                .body("runs[0].run", equalTo("two"))
                .body("runs[0].outcome", equalTo("failed"))
                .body("runs[0].error", equalTo("the disk is full"))
                .body("runs[1].stages[0].name", equalTo("publish"));
        given().get("/v1/runs?use-case=fraud&n=1")
                .then()
                .statusCode(200)
                .body("runs", hasSize(1))
                .body("runs[0].run", equalTo("one"));
    }

    @Test
    void whatIsNotAUseCaseOrANumberOfRunsIsNamed() {
        given().get("/v1/runs?use-case=frauds")
                .then()
                .statusCode(404)
                .contentType(Problem.MEDIA_TYPE)
                .body("known", hasItem("fraud"));
        given().get("/v1/runs?n=0")
                .then()
                .statusCode(400)
                .body("violations[0].field", equalTo("n"))
                .body("violations[0].value", equalTo("0"));
    }

    private static RunHistory.Run run(String id, String useCase, long started, String error) {
        return new RunHistory.Run(
                id,
                useCase,
                "command",
                false,
                started,
                started + 5,
                error == null ? RunHistory.SUCCEEDED : RunHistory.FAILED,
                error,
                Map.of(),
                Map.of(),
                List.of(new RunHistory.Stage("publish", started, 4, 100)));
    }
}
