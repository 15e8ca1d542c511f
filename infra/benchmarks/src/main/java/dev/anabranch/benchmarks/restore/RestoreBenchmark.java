package dev.anabranch.benchmarks.restore;

import com.fasterxml.jackson.databind.JsonNode;
import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.benchmarks.Goal;
import dev.anabranch.benchmarks.Row;
import dev.anabranch.contract.Topics;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.local.Distribution;
import dev.anabranch.local.Home;
import dev.anabranch.local.LocalConfig;
import dev.anabranch.local.Platform;
import dev.anabranch.local.Ports;
import dev.anabranch.local.Problem;
import dev.anabranch.local.Service;
import dev.anabranch.local.Services;
import dev.anabranch.local.TopicSpec;
import dev.anabranch.local.check.Api;
import dev.anabranch.simulator.EventProducer;
import dev.anabranch.simulator.PublishListener;
import dev.anabranch.simulator.SimulatedEvent;
import dev.anabranch.view.View;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Speed and serving layer killed and started again, with more and more cells that no batch view has taken over: the time
 * until they say that they are ready, the CPU it took, and what their topics hold.
 */
public final class RestoreBenchmark implements Benchmark {
    private static final int[] EVENTS = {10_000, 46_000, 215_000, 1_000_000};
    private static final int[] EVENTS_QUICK = {5_000, 50_000};
    private static final int VIEWS = 2;
    private static final int PARTITIONS = 4;
    private static final int PORT_OFFSET = 9_000;
    private static final int CUSTOMERS = 20_000;
    private static final int TERMINALS = 40_000;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final double MOST_SECONDS = 10;
    private static final double EXPONENT = 1.05;

    /** What one restart took. */
    private record Restart(double seconds, double cpuSeconds, long topicBytes) {}

    @Override
    public String name() {
        return "restore";
    }

    @Override
    public String what() {
        return "speed and serving layer after kill -9, by cells: seconds until ready, CPU, bytes in their topics";
    }

    @Override
    public List<Row> run(Settings settings) throws Exception {
        Home home = new Home(settings.scratch().resolve("restore"));
        LocalConfig config = dev.anabranch.process.Settings.read(LocalConfig.class);
        Ports ports = moved(config);
        Services services =
                new Services(new Distribution(settings.root()), home, ports, PARTITIONS, config.heap(), false);
        List<Service> some = List.of(services.broker(), services.speed(), services.serving());
        Platform platform =
                new Platform(home, some, TopicSpec.all(PARTITIONS), config, new PrintWriter(Writer.nullWriter()));
        ports.requireFree(platform.portsToBind());
        int[] sizes = settings.quick() ? EVENTS_QUICK : EVENTS;
        try {
            platform.start();
            return measure(platform, home, services, ports, sizes, settings.seed());
        } finally {
            platform.stopAll();
        }
    }

    private static Ports moved(LocalConfig config) {
        LocalConfig.PortConfig usual = config.ports();
        return new Ports(
                usual.broker() + PORT_OFFSET,
                usual.controller() + PORT_OFFSET,
                usual.serving() + PORT_OFFSET,
                usual.archiver() + PORT_OFFSET,
                usual.speed() + PORT_OFFSET,
                usual.scheduler() + PORT_OFFSET);
    }

    private static List<Row> measure(
            Platform platform, Home home, Services services, Ports ports, int[] sizes, long seed) throws Exception {
        List<Row> rows = new ArrayList<>();
        Map<String, double[]> costs =
                Map.of(Services.SPEED, new double[sizes.length], Services.SERVING, new double[sizes.length]);
        double[] cells = new double[sizes.length];
        SplittableRandom random = new SplittableRandom(seed);
        int sent = 0;
        for (int i = 0; i < sizes.length; i++) {
            send(ports, sizes[i] - sent, random);
            sent = sizes[i];
            awaitFolded(ports, services.serving().address());
            cells[i] = (double) VIEWS * sent;
            for (Service service : List.of(services.speed(), services.serving())) {
                Restart restart = restart(platform, home, service, ports);
                costs.get(service.name())[i] = restart.cpuSeconds;
                rows.add(row(service.name(), cells[i], restart));
                awaitFolded(ports, services.serving().address());
            }
        }
        for (String name : List.of(Services.SPEED, Services.SERVING)) {
            double exponent = Growth.exponent(cells, costs.get(name));
            Goal goal = Goal.atMost(EXPONENT, "");
            rows.add(new Row(
                    name + ", CPU against cells",
                    String.format(Locale.ROOT, "exponent %.2f", exponent),
                    "",
                    "",
                    goal.toString(),
                    goal.verdict(exponent, 1),
                    ""));
        }
        return rows;
    }

    private static Row row(String name, double cells, Restart restart) {
        Goal goal = Goal.atMost(MOST_SECONDS, "s");
        return new Row(
                String.format(Locale.ROOT, "%s ready again, %,.0f cells", name, cells),
                String.format(Locale.ROOT, "%.1f s, %.1f CPU-s", restart.seconds, restart.cpuSeconds),
                String.format(Locale.ROOT, "topics of %.1f MB", restart.topicBytes / 1e6),
                "",
                goal.toString(),
                goal.verdict(restart.seconds, 1),
                "");
    }

    /** Payments of the last weeks: each makes a cell in either view. */
    private static void send(Ports ports, int count, SplittableRandom random) {
        long now = System.currentTimeMillis();
        long span = Duration.ofDays(20).toMillis();
        try (EventProducer producer = EventProducer.connect(
                ports.bootstrapServers(),
                List.of(FraudEvents.TRANSACTION),
                EventProducer.Tuning.BULK,
                PublishListener.NONE)) {
            for (int i = 0; i < count; i++) {
                long at = now - random.nextLong(span);
                producer.send(new SimulatedEvent<>(
                        FraudEvents.TRANSACTION,
                        new Transaction(
                                "r-" + at + "-" + i,
                                at,
                                "c-" + random.nextInt(CUSTOMERS),
                                "t-" + random.nextInt(TERMINALS),
                                1L + random.nextInt(50_000))));
            }
            producer.flush();
        }
    }

    private static Restart restart(Platform platform, Home home, Service service, Ports ports) throws Exception {
        ProcessHandle process = home.pidFile(service.name())
                .running()
                .orElseThrow(() -> new Problem("The " + service.name() + " must run, and does not"));
        process.destroyForcibly();
        process.onExit().join();
        long began = System.nanoTime();
        Process again = platform.launch(service);
        while (service.readiness().missing().isPresent()) {
            if (!again.isAlive() || System.nanoTime() - began > PATIENCE.toNanos()) {
                throw new Problem(
                        "The " + service.name() + " must become ready again; see " + home.log(service.name()));
            }
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        double cpu = again.info()
                        .totalCpuDuration()
                        .orElseThrow(() -> new Problem("This machine does not tell the CPU time of a process"))
                        .toMillis()
                / 1e3;
        return new Restart(seconds, cpu, bytes(ports));
    }

    /** Until all that was sent is folded, and seen by the serving layer. */
    private static void awaitFolded(Ports ports, String address) throws Exception {
        Api api = new Api(address);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", ports.bootstrapServers()))) {
            while (behind(admin) || lags(api)) {
                if (System.nanoTime() > deadline) {
                    throw new Problem("What was sent must be folded within " + PATIENCE.toMinutes() + " minutes");
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    private static boolean behind(Admin admin) throws ExecutionException, InterruptedException {
        String topic = FraudEvents.TRANSACTION.topic();
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (int i = 0; i < PARTITIONS; i++) {
            asked.put(new TopicPartition(topic, i), OffsetSpec.latest());
        }
        Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> ends =
                admin.listOffsets(asked).all().get();
        Map<TopicPartition, OffsetAndMetadata> read = admin.listConsumerGroupOffsets(Topics.speedApplication("fraud"))
                .partitionsToOffsetAndMetadata()
                .get();
        return ends.entrySet().stream().anyMatch(end -> {
            OffsetAndMetadata offset = read.get(end.getKey());
            return end.getValue().offset() > 0
                    && (offset == null || offset.offset() < end.getValue().offset());
        });
    }

    private static boolean lags(Api api) {
        Api.Answer answer = api.get("/v1/status").join();
        if (!answer.ok()) {
            return true;
        }
        for (JsonNode view : answer.body().get("views")) {
            if (view.path("lag").asLong(1) > 0) {
                return true;
            }
        }
        return false;
    }

    /** What the topics hold that the layers restore from. */
    private static long bytes(Ports ports) throws ExecutionException, InterruptedException {
        List<String> topics = List.of(FraudViews.CUSTOMER, FraudViews.TERMINAL).stream()
                .map(View::name)
                .map(Topics::speedView)
                .collect(Collectors.toList());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", ports.bootstrapServers()))) {
            long bytes = 0;
            for (var broker :
                    admin.describeLogDirs(List.of(1)).allDescriptions().get().values()) {
                for (var directory : broker.values()) {
                    for (var replica : directory.replicaInfos().entrySet()) {
                        if (topics.contains(replica.getKey().topic())) {
                            bytes += replica.getValue().size();
                        }
                    }
                }
            }
            return bytes;
        }
    }
}
