package dev.anabranch.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class StatusServerTest {
    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void readinessIsWhatTheProcessSays() throws Exception {
        AtomicBoolean ready = new AtomicBoolean();
        try (StatusServer server = new StatusServer(
                "127.0.0.1", 0, () -> new StatusServer.Readiness(ready.get(), "waits for \"the broker\""))) {
            HttpResponse<String> before = get(server, "/health/ready");
            assertThat(before.statusCode()).isEqualTo(503);
            assertThat(before.body()).contains("waits for \\\"the broker\\\"");
            ready.set(true);
            assertThat(get(server, "/health/ready").statusCode()).isEqualTo(200);
            assertThat(get(server, "/health/live").statusCode()).isEqualTo(200);
            assertThat(get(server, "/metrics").body()).contains("jvm_memory_used_bytes");
        }
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        StatusServer.Readiness up = new StatusServer.Readiness(true, "up");
        try (StatusServer first = new StatusServer("127.0.0.1", 0, () -> up)) {
            assertThatThrownBy(() -> new StatusServer("127.0.0.1", first.port(), () -> up))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("127.0.0.1:" + first.port());
        }
    }

    private HttpResponse<String> get(StatusServer server, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
