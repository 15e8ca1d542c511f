package dev.anabranch.benchmarks.freshness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anabranch.benchmarks.Connection;
import dev.anabranch.local.Problem;
import dev.anabranch.local.check.Latencies;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Users who open what they are shown first, one after the other, and ask until they are shown something else. */
final class Clicks implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** Between two questions: all that is measured is up to that much too long. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Connection connection;
    private final int users;
    private final SplittableRandom random;

    /**
     * @param address of the serving layer
     * @param users   how many there are; they are called {@code u-0} and so on
     */
    Clicks(String address, int users, SplittableRandom random) throws IOException {
        connection = new Connection(address);
        this.users = users;
        this.random = random;
    }

    /** A question for what a user is shown. */
    static byte[] question(int user) {
        return Connection.get(path(user));
    }

    private static String path(int user) {
        return "/v1/recommendations/u-" + user + "?n=10&context=web";
    }

    /**
     * Clicks when they are due, or as soon as the one before has shown.
     *
     * @return how long after each was acknowledged the answer was another
     * @throws Problem when one has not shown after 30 s
     */
    Latencies round(int count, Duration apart) throws IOException {
        Latencies latencies = new Latencies();
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long due = start + i * apart.toNanos();
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            int user = random.nextInt(users);
            String item = first(connection.ask(question(user)));
            connection.ask(click(user, item));
            long acknowledged = System.nanoTime();
            byte[] preview = Connection.get(path(user) + "&preview=true"); // nobody is shown it
            while (isShown(item, connection.ask(preview))) {
                if (System.nanoTime() - acknowledged > PATIENCE_NANOS) {
                    throw new Problem(item + " must leave the answers of u-" + user + " within 30 s, and has not");
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            latencies.record(System.nanoTime() - acknowledged);
        }
        return latencies;
    }

    private static String first(byte[] answer) throws IOException {
        JsonNode items = JSON.readTree(answer).path("items");
        if (items.isEmpty()) {
            throw new Problem("A user must be shown something, got " + JSON.readTree(answer));
        }
        return items.get(0).path("itemId").asText();
    }

    private static boolean isShown(String item, byte[] answer) throws IOException {
        for (JsonNode each : JSON.readTree(answer).path("items")) {
            if (each.path("itemId").asText().equals(item)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] click(int user, String item) throws IOException {
        return Connection.post(
                "/v1/events/interaction",
                JSON.writeValueAsString(Map.of(
                        "interactionId",
                        UUID.randomUUID().toString(),
                        "eventTimeMillis",
                        System.currentTimeMillis(),
                        "userId",
                        "u-" + user,
                        "itemId",
                        item,
                        "sessionId",
                        "bench-" + user,
                        "type",
                        "view",
                        "strength",
                        1_000,
                        "context",
                        "web",
                        "previousItemId",
                        "")));
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
