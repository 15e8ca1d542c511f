import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.simulator.CardSimulation;
import dev.anabranch.fraud.simulator.CardTimeline;
import dev.anabranch.fraud.simulator.ReplayOptions;
import dev.anabranch.fraud.simulator.SimulationRun;
import dev.anabranch.simulator.Progress;
import dev.anabranch.simulator.PublishListener;
import dev.anabranch.simulator.Published;
import dev.anabranch.simulator.SimulatedEvent;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Events and queries on a deployed platform, at a steady rate, until a file appears; then one line of JSON. Beside that file
 * one named {@code .running} appears as soon as the first query is answered.
 *
 * <p>{@code java -cp 'infra/local/target/anabranch-local.jar:infra/local/target/lib/*' infra/compose/Traffic.java
 * BROKERS URL EVENTS_A_SECOND QUERIES_A_SECOND STOP_FILE}
 *
 * <p>Open loop: a query is asked at its own moment, however long others take. A pause is the time between two answers, or
 * between two acknowledgements.
 */
public class Traffic {
    private static final long SEED = 7;
    private static final int KNOWN = 2_000;

    /** How many of something there were, and the longest time without one. */
    private static final class Beats {
        private long count;
        private long last = System.nanoTime();
        private long longestNanos;

        synchronized void beat() {
            long now = System.nanoTime();
            longestNanos = Math.max(longestNanos, now - last);
            last = now;
            count++;
        }

        synchronized long count() {
            return count;
        }

        synchronized double longestSeconds() {
            return longestNanos / 1e9;
        }
    }

    public static void main(String[] args) throws Exception {
        String brokers = args[0];
        String url = args[1];
        double eventsPerSecond = Double.parseDouble(args[2]);
        double queriesPerSecond = Double.parseDouble(args[3]);
        Path stop = Path.of(args[4]);

        Beats acknowledged = new Beats();
        Beats answered = new Beats();
        AtomicLong asked = new AtomicLong();
        AtomicLong inexact = new AtomicLong();
        AtomicLong waiting = new AtomicLong();
        Map<String, Long> refusals = new TreeMap<>();
        List<String> customers = new CopyOnWriteArrayList<>();

        Instant now = Instant.now();
        LocalDate firstDay = now.atZone(ZoneOffset.UTC).toLocalDate().minusDays(1);
        String name = "traffic-" + Long.toString(now.getEpochSecond(), Character.MAX_RADIX);
        CardSimulation simulation = new CardSimulation(CardSimulation.Settings.ofTheBook(SEED, name, firstDay));
        CardTimeline timeline = new CardTimeline(simulation, now.toEpochMilli(), ReplayOptions.LABEL_DELAY);
        SimulationRun run = new SimulationRun(timeline, brokers);
        PublishListener listener = new PublishListener() {
            @Override
            public void acknowledged(SimulatedEvent<?> event, int partition, long offset) {
                acknowledged.beat();
                if (customers.size() < KNOWN && event.type() == FraudEvents.TRANSACTION) {
                    customers.add(event.key());
                }
            }
        };
        Published[] published = new Published[1];
        Throwable[] failure = new Throwable[1];
        Thread events = new Thread(() -> {
            try {
                Progress unseen = new Progress(new PrintStream(OutputStream.nullOutputStream()), false, "traffic");
                published[0] = run.publishLive(now, eventsPerSecond, unseen, listener);
            } catch (RuntimeException e) {
                failure[0] = e;
            }
        });
        events.start();

        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
        ObjectMapper json = new ObjectMapper();
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        clock.scheduleAtFixedRate(
                () -> {
                    if (customers.isEmpty()) {
                        return;
                    }
                    String customer = customers.get((int) (asked.getAndIncrement() % customers.size()));
                    HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/v1/views/fraud.customer/"
                                    + URLEncoder.encode(customer, StandardCharsets.UTF_8)))
                            .timeout(Duration.ofSeconds(15))
                            .build();
                    waiting.incrementAndGet();
                    client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
                            .whenComplete((answer, failed) -> {
                                waiting.decrementAndGet();
                                String refusal = null;
                                if (failed != null) {
                                    Throwable cause = failed instanceof CompletionException ? failed.getCause() : failed;
                                    refusal = cause.getClass().getSimpleName();
                                } else if (answer.statusCode() != 200) {
                                    refusal = answer.statusCode() + " " + why(json, answer.body());
                                } else {
                                    answered.beat();
                                    if (!exact(json, answer.body())) {
                                        inexact.incrementAndGet();
                                    }
                                }
                                if (refusal != null) {
                                    synchronized (refusals) {
                                        refusals.merge(refusal, 1L, Long::sum);
                                    }
                                }
                            });
                },
                0,
                (long) (1e9 / queriesPerSecond),
                TimeUnit.NANOSECONDS);

        boolean told = false;
        while (!Files.exists(stop) && events.isAlive()) {
            Thread.sleep(100);
            if (!told && answered.count() > 0) {
                Files.createFile(Path.of(args[4] + ".running"));
                told = true;
            }
        }
        clock.shutdown();
        run.stop();
        events.join();
        for (int i = 0; i < 200 && waiting.get() > 0; i++) {
            Thread.sleep(100);
        }
        Map<String, Object> report = new TreeMap<>();
        report.put("events_acknowledged", acknowledged.count());
        report.put("events_lost", published[0] == null ? -1 : published[0].total() - acknowledged.count());
        report.put("events_longest_pause_s", acknowledged.longestSeconds());
        report.put("queries_asked", asked.get());
        report.put("queries_answered", answered.count());
        report.put("queries_answered_share", (double) answered.count() / Math.max(1, asked.get()));
        report.put("queries_inexact", inexact.get());
        report.put("queries_longest_pause_s", answered.longestSeconds());
        report.put("queries_refused", refusals);
        report.put("failure", failure[0] == null ? "" : failure[0].toString());
        System.out.println(json.writeValueAsString(report));
        System.exit(failure[0] == null ? 0 : 1);
    }

    /** The platform's reason without its numbers; what is no JSON is the proxy's word. */
    private static String why(ObjectMapper json, byte[] body) {
        try {
            return json.readTree(body).path("detail").asText().replaceAll("[0-9]+", "N");
        } catch (java.io.IOException e) {
            return "by the proxy";
        }
    }

    private static boolean exact(ObjectMapper json, byte[] body) {
        try {
            JsonNode answer = json.readTree(body);
            return answer.at("/provenance/exact").asBoolean();
        } catch (java.io.IOException e) {
            return false;
        }
    }
}
