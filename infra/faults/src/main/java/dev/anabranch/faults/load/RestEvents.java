package dev.anabranch.faults.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Events handed in over REST, some at a time, at one replica after the other. What is not acknowledged is sent once more,
 * as a shop would: so an event may stand in the log twice.
 */
public final class RestEvents {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int CREATED = 201;

    private final Traffic traffic;
    private final Ledger ledger;
    private final List<String> addresses;
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final AtomicLong turn = new AtomicLong();
    private final Phaser underWay = new Phaser(1);

    /** @param addresses of the replicas, such as {@code http://127.0.0.1:8080} */
    public RestEvents(Traffic traffic, Ledger ledger, List<String> addresses) {
        this.traffic = traffic;
        this.ledger = ledger;
        this.addresses = addresses;
    }

    /** Hands in these events in one request, which goes on by itself. */
    void send(List<Long> numbers, long timeMillis) {
        send(numbers, timeMillis, true);
    }

    private void send(List<Long> numbers, long timeMillis, boolean again) {
        numbers.forEach(number -> ledger.sent());
        underWay.register();
        client.sendAsync(request(numbers, timeMillis), BodyHandlers.ofByteArray())
                .whenComplete((answer, error) -> {
                    try {
                        boolean taken = error == null && answer.statusCode() == CREATED;
                        if (taken) {
                            acknowledged(numbers, answer);
                        } else {
                            numbers.forEach(number -> ledger.unanswered());
                            if (again) {
                                send(numbers, timeMillis, false);
                            }
                        }
                    } finally {
                        underWay.arriveAndDeregister();
                    }
                });
    }

    private HttpRequest request(List<Long> numbers, long timeMillis) {
        String address = addresses.get((int) (turn.getAndIncrement() % addresses.size()));
        try {
            byte[] body = json.writeValueAsBytes(numbers.stream()
                    .map(number -> traffic.json(number, timeMillis))
                    .toList());
            return HttpRequest.newBuilder(
                            URI.create(address + "/v1/events/" + traffic.type().name()))
                    .timeout(PATIENCE)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofByteArray(body))
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException("Events can be written as JSON", e);
        }
    }

    private void acknowledged(List<Long> numbers, HttpResponse<byte[]> answer) {
        try {
            JsonNode positions = json.readTree(answer.body()).get("positions");
            for (int i = 0; i < numbers.size(); i++) {
                JsonNode at = positions.get(i);
                ledger.acknowledged(
                        numbers.get(i),
                        at.get("partition").asInt(),
                        at.get("offset").asLong());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("An answer of 201 must be JSON", e);
        }
    }

    /** Waits until every request is answered or given up. */
    void awaitSettled() {
        underWay.arriveAndAwaitAdvance();
    }
}
