package dev.anabranch.serving;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(TestBroker.class)
class ProblemsTest {
    @BeforeEach
    void ready() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().get("/q/health/ready").then().statusCode(200));
    }

    @Test
    void anUnknownViewIsAnsweredWithTheKnownOnes() {
        given().get("/v1/views/fraud.merchant/x")
                .then()
                .statusCode(404)
                .contentType(Problem.MEDIA_TYPE)
                .body("detail", containsString("'fraud.merchant'"))
                .body("known", hasItems("fraud.customer", "fraud.terminal"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v1", "/v1/nothing", "/nowhere/at/all", "/v1/views/fraud.customer/a/b"})
    void whereNothingIsIsAProblem(String path) {
        given().get(path)
                .then()
                .statusCode(404)
                .contentType(Problem.MEDIA_TYPE)
                .body("status", equalTo(404))
                .body("detail", containsString(path));
    }

    @Test
    void aMethodThatIsNotTakenIsAProblem() {
        given().delete("/v1/views/fraud.customer/x")
                .then()
                .statusCode(405)
                .contentType(Problem.MEDIA_TYPE)
                .body("status", equalTo(405));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "yesterday | must be epoch milliseconds or an ISO-8601 instant",
                "2026-13-01T00:00:00Z | must be epoch milliseconds or an ISO-8601 instant",
                "99999999999999999999999 | must be epoch milliseconds or an ISO-8601 instant",
                "NaN | must be epoch milliseconds or an ISO-8601 instant",
                "-1 | must not be before 1970",
                "1969-12-31T23:59:59Z | must not be before 1970",
                "4102444800000 | must not be more than PT5M past now",
            })
    void aMomentThatIsNoneIsToldWithItsRule(String at, String rule) {
        given().queryParam("at", at)
                .get("/v1/views/fraud.customer/x")
                .then()
                .statusCode(400)
                .contentType(Problem.MEDIA_TYPE)
                .body("violations[0].field", equalTo("at"))
                .body("violations[0].rule", startsWith(rule))
                .body("violations[0].value", containsString(at));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "at= | at | must be epoch milliseconds",
                "at=1&at=2 | at | must be given once",
                "when=1 | when | is not known; known is [at]",
            })
    void aQueryThatIsMisspeltIsNotTakenForNow(String query, String field, String rule) {
        given().get("/v1/views/fraud.customer/x?" + query)
                .then()
                .statusCode(400)
                .contentType(Problem.MEDIA_TYPE)
                .body("violations[0].field", equalTo(field))
                .body("violations[0].rule", startsWith(rule));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "view=fraud.customer | entity | must be given",
                "view=fraud.customer&entity=a | at | must be epoch milliseconds",
                "view=fraud.customer&entity=a&at=abc | at | must be epoch milliseconds",
            })
    void anotherReplicaIsToldTheSame(String query, String field, String rule) {
        given().get("/internal/v1/answer?" + query)
                .then()
                .statusCode(400)
                .body("violations[0].field", equalTo(field))
                .body("violations[0].rule", startsWith(rule));
    }

    @Test
    void anEntityOf257CharactersIsRefused() {
        given().pathParam("entity", "x".repeat(257))
                .get("/v1/views/fraud.customer/{entity}")
                .then()
                .statusCode(400)
                .body("violations[0].field", equalTo("entity"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{} | entities | must be given | nothing",
                "{\"entities\":[]} | entities | must name 1 to 1000 entities | 0 of them",
                "{\"entities\":\"ann\"} | entities | must be an array | \"ann\"",
                "{\"entities\":[7]} | entities[0] | must be text | 7",
                "{\"entities\":[NaN]} | entities[0] | must be text | NaN",
                "{\"entities\":[{}]} | entities[0] | must be text | an object",
                "{\"entities\":[\"\"]} | entities[0] | must have 1 to 256 characters | ''",
                "{\"entities\":[null]} | entities[0] | must have 1 to 256 characters | 'null'",
                "{\"entities\":[\"a\"],\"at\":1.5} | at | must be epoch milliseconds | '1.5'",
                "{\"entities\":[\"a\"],\"when\":1} | when | is not known | the field itself",
                "[] | body | must be an object | an array",
                "null | body | must be given | nothing",
            })
    void aBrokenQuestionAboutManyIsToldWithFieldRuleAndValue(String body, String field, String rule, String value) {
        given().contentType(ContentType.JSON)
                .body(body)
                .post("/v1/views/fraud.customer")
                .then()
                .statusCode(400)
                .contentType(Problem.MEDIA_TYPE)
                .body("violations[0].field", equalTo(field))
                .body("violations[0].rule", startsWith(rule))
                .body("violations[0].value", equalTo(value));
    }

    @Test
    void malformedJsonInAQuestionIsToldWithLineAndColumn() {
        given().contentType(ContentType.JSON)
                .body("{\"entities\":\n[\"a\"")
                .post("/v1/views/fraud.customer")
                .then()
                .statusCode(400)
                .contentType(Problem.MEDIA_TYPE)
                .body("type", equalTo("urn:anabranch:problem:malformed-json"))
                .body("detail", containsString("line 2"));
    }

    @Test
    void aLargeBodyThatDoesNotTellItsLengthIsRefused() throws Exception {
        byte[] large = new byte[3 * 1024 * 1024];
        Arrays.fill(large, (byte) ' ');
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(RestAssured.baseURI + ":" + RestAssured.port + "/v1/views/fraud.customer"))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))
                .build();

        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.headers().firstValue("Content-Type")).contains(Problem.MEDIA_TYPE);
    }

    @Test
    void theConstantAnswersAnyObjectAndNothingElse() {
        given().contentType(ContentType.JSON)
                .body("{\"customerId\":\"c-1\",\"more\":[1,2]}")
                .post("/v1/constant")
                .then()
                .statusCode(200)
                .body("answer", is("the same"));
        given().contentType(ContentType.JSON)
                .body("[1]")
                .post("/v1/constant")
                .then()
                .statusCode(400);
        given().contentType(ContentType.JSON).post("/v1/constant").then().statusCode(400);
    }

    @Test
    void healthMetricsAndOpenApiAreWhereQuarkusHasThem() {
        given().get("/q/health").then().statusCode(200).body("checks.name", hasItem("views"));
        given().get("/v1/views/fraud.customer/x").then().statusCode(200);
        String metrics =
                given().get("/q/metrics").then().statusCode(200).extract().asString();
        assertThat(metrics).contains("anabranch_serving_merge_seconds_count", "anabranch_serving_in_flight");
        String api = given().accept("application/json")
                .get("/q/openapi")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        assertThat(api)
                .contains("/v1/views/{view}/{entity}", "/v1/fraud/score", "/v1/events/{type}", "/v1/status")
                .contains("An entity never seen has empty aggregates");
    }

    @Test
    void nothingOfOursNamesAStackTrace() {
        given().contentType(ContentType.JSON)
                .body("{\"entities\":{}}")
                .post("/v1/views/fraud.customer")
                .then()
                .statusCode(400)
                .body(not(containsString("dev.anabranch")))
                .body(not(containsString("com.fasterxml")));
    }
}
