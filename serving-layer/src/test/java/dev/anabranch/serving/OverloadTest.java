package dev.anabranch.serving;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(TestBroker.class)
@TestProfile(OverloadTest.OneAtATime.class)
class OverloadTest {
    public static final class OneAtATime implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("anabranch.serving.max-in-flight", "1");
        }
    }

    @Test
    void oneRequestTooManyIsRefusedAtOnceAndHealthStillAnswers() throws IOException {
        try (Socket slow = new Socket("127.0.0.1", RestAssured.port)) {
            slow.getOutputStream()
                    .write(("POST /v1/events/transaction HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                                    + "Transfer-Encoding: chunked\r\n\r\n1\r\n[\r\n") // and never the rest
                            .getBytes(StandardCharsets.US_ASCII));
            slow.getOutputStream().flush();

            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> given().get("/v1/status")
                            .then()
                            .statusCode(503)
                            .contentType(Problem.MEDIA_TYPE)
                            .header("Retry-After", "1")
                            .body("detail", containsString("At most 1 requests")));
            given().get("/q/health/live").then().statusCode(200);
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> given().get("/v1/status").then().statusCode(200));
    }
}
