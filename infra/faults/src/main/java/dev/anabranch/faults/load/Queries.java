package dev.anabranch.faults.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anabranch.local.check.Api;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Questions about entities over REST all the time, open loop, and what became of each. A question one replica does not
 * answer is put to the next, as a load balancer would.
 */
public final class Queries implements AutoCloseable {
    /** What became of a question. */
    public enum Outcome {
        /** Answered, and said to be exact. */
        EXACT,
        /** Answered, and said not to be exact. */
        INEXACT,
        /** Every replica said that it cannot answer now. */
        REFUSED,
        /** No replica said anything. */
        FAILED
    }

    /** A question that was put at {@code atNanos}. */
    public record Asked(long atNanos, Outcome outcome) {}

    /** Hears of every answer. */
    public interface Listener {
        /** @param askedMillis when it was asked, in epoch milliseconds */
        void answered(String view, String entity, JsonNode answer, long askedMillis);
    }

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final List<String> addresses;
    private final Map<String, List<String>> entities;
    private final List<String> views;
    private final Listener listener;
    private final Random random;
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofMillis(500))
            .build();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(run -> {
        Thread thread = new Thread(run, "queries");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicLong turn = new AtomicLong();
    private final List<Asked> asked = new ArrayList<>();

    public Queries(List<String> addresses, Map<String, List<String>> entities, Listener listener, long seed) {
        this.addresses = addresses;
        this.entities = entities;
        this.views = List.copyOf(entities.keySet());
        this.listener = listener;
        this.random = new Random(seed);
    }

    public void start(double perSecond) {
        long every = (long) (1e9 / perSecond);
        clock.scheduleAtFixedRate(this::ask, every, every, TimeUnit.NANOSECONDS);
    }

    private void ask() {
        String view = views.get(random.nextInt(views.size()));
        List<String> known = entities.get(view);
        String entity = known.get(random.nextInt(known.size()));
        long start = System.nanoTime();
        long startMillis = System.currentTimeMillis();
        int first = (int) (turn.getAndIncrement() % addresses.size());
        ask(view, entity, first, addresses.size(), false)
                .thenAccept(found -> {
                    record(start, found.outcome());
                    if (found.answer() != null) {
                        listener.answered(view, entity, found.answer(), startMillis);
                    }
                })
                .exceptionally(error -> {
                    record(start, Outcome.FAILED);
                    return null;
                });
    }

    private record Found(Outcome outcome, JsonNode answer) {}

    private CompletableFuture<Found> ask(String view, String entity, int replica, int left, boolean refused) {
        if (left == 0) {
            return CompletableFuture.completedFuture(new Found(refused ? Outcome.REFUSED : Outcome.FAILED, null));
        }
        URI uri = URI.create(addresses.get(replica) + Api.viewPath(view, entity));
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(PATIENCE).GET().build();
        return client.sendAsync(request, BodyHandlers.ofByteArray())
                .handle((answer, error) -> error == null && answer.statusCode() / 100 == 2
                        ? CompletableFuture.completedFuture(read(answer))
                        : ask(view, entity, (replica + 1) % addresses.size(), left - 1, refused || error == null))
                .thenCompose(found -> found);
    }

    private Found read(HttpResponse<byte[]> answer) {
        try {
            JsonNode body = json.readTree(answer.body());
            boolean exact = body.get("provenance").get("exact").asBoolean();
            return new Found(exact ? Outcome.EXACT : Outcome.INEXACT, body);
        } catch (IOException e) {
            return new Found(Outcome.FAILED, null);
        }
    }

    private synchronized void record(long start, Outcome outcome) {
        asked.add(new Asked(start, outcome));
    }

    /** Every question so far, in no order. */
    public synchronized List<Asked> asked() {
        return List.copyOf(asked);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
