package dev.anabranch.local.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The platform's REST API, asked with JSON. */
public final class Api {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private final String address;

    /** @param address such as {@code http://127.0.0.1:8080} */
    public Api(String address) {
        this.address = address;
    }

    /**
     * An answer.
     *
     * @param status the HTTP status
     * @param body   what was said; null when it is no JSON
     */
    public record Answer(int status, JsonNode body) {
        public boolean ok() {
            return status / 100 == 2;
        }
    }

    /** An answer other than success, or none. */
    public static final class FailedException extends RuntimeException {
        private final int status;

        /** @param status 0 when there was no answer */
        FailedException(String message, int status, Throwable cause) {
            super(message, cause);
            this.status = status;
        }

        /** Whether the same question may be answered later: there was no answer, or one that says so. */
        public boolean mayPass() {
            return status == 0 || status == 429 || status == 503;
        }
    }

    public String address() {
        return address;
    }

    public CompletableFuture<Answer> get(String path) {
        return send(request(path).GET().build());
    }

    public CompletableFuture<Answer> post(String path, Object body) {
        try {
            return send(request(path)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofByteArray(json.writeValueAsBytes(body)))
                    .build());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Cannot be written as JSON: " + body, e);
        }
    }

    /** Sends a file as it is. */
    public CompletableFuture<Answer> postFile(String path, byte[] file) {
        return send(request(path)
                .header("Content-Type", "application/octet-stream")
                .POST(BodyPublishers.ofByteArray(file))
                .build());
    }

    /** @throws FailedException when the answer is not a success */
    public JsonNode getNow(String path) {
        return require(path, get(path));
    }

    /** @throws FailedException when the answer is not a success */
    public JsonNode postNow(String path, Object body) {
        return require(path, post(path, body));
    }

    /** What is known of an entity: its path. */
    public static String viewPath(String view, String entity) {
        return "/v1/views/" + view + "/"
                + URLEncoder.encode(entity, StandardCharsets.UTF_8).replace("+", "%20");
    }

    JsonNode require(String path, CompletableFuture<Answer> asked) {
        try {
            Answer answer = asked.join();
            if (!answer.ok()) {
                throw new FailedException(
                        address + path + " must answer with success, got " + answer.status() + " " + answer.body(),
                        answer.status(),
                        null);
            }
            return answer.body();
        } catch (CompletionException e) {
            throw new FailedException(address + path + " must answer: " + e.getCause(), 0, e.getCause());
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path))
                .timeout(TIMEOUT)
                .header("Accept", "application/json, application/problem+json");
    }

    private CompletableFuture<Answer> send(HttpRequest request) {
        return client.sendAsync(request, BodyHandlers.ofByteArray()).thenApply(this::read);
    }

    private Answer read(HttpResponse<byte[]> response) {
        try {
            return new Answer(response.statusCode(), json.readTree(response.body()));
        } catch (IOException e) {
            return new Answer(response.statusCode(), null);
        }
    }
}
