package dev.anabranch.benchmarks.stream;

import dev.anabranch.benchmarks.BenchPlatform;
import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.contract.Topics;
import dev.anabranch.event.EventType;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.local.Distribution;
import dev.anabranch.local.Problem;
import dev.anabranch.local.TopicSpec;
import dev.anabranch.usecase.UseCase;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts those who read payments: the speed layer and its peers. All get the same heap and collector, and one thread to work with. */
final class Readers implements AutoCloseable {
    static final String ONE_VIEW = "one view";
    static final String FRAUD = "fraud path";
    static final String NO_OP = "no-op";
    static final String NO_OP_AGAIN = "no-op-again";
    static final String LOOP = "loop";
    static final String HOPPING = "hopping-windows";
    static final String FLINK_HEAP = "flink-heap";
    static final String FLINK_ROCKSDB = "flink-rocksdb";

    /** By name: the speed layer's classes are not where this runs. */
    private static final String SPEED_PATH = "dev.anabranch.speed.SpeedPath";

    private static final String ONE_VIEW_PATH = "dev.anabranch.benchmarks.stream.OneViewPath";

    private static final List<String> PEERS = List.of(NO_OP, NO_OP_AGAIN, LOOP, HOPPING, FLINK_HEAP, FLINK_ROCKSDB);
    /** Those whose windows must be what ours are. */
    static final List<String> WITH_WINDOWS = List.of(FLINK_HEAP, FLINK_ROCKSDB, HOPPING);

    /** Those who are killed at the end: ours, one with windows, and what starting comes to without any. */
    static final List<String> RESTARTED = List.of(ONE_VIEW, FRAUD, NO_OP, FLINK_HEAP);

    private static final String HEAP = "3g";
    private static final String COMMIT_MILLIS = "25";
    private static final int ONE_VIEW_PORT = 28_090;
    private static final int FRAUD_PORT = 28_091;
    /** What Flink's own scripts open of the JDK. */
    private static final List<String> FLINK_FLAGS = List.of(
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
            "--add-opens=java.base/java.time=ALL-UNNAMED",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

    private final BenchPlatform platform;
    private final Benchmark.Settings settings;
    private final Distribution distribution;
    private final List<Process> started = new ArrayList<>();

    Readers(BenchPlatform platform, Benchmark.Settings settings) {
        this.platform = platform;
        this.settings = settings;
        this.distribution = new Distribution(settings.root());
    }

    /** The topics they need beside those of the platform. */
    static List<TopicSpec> topics() {
        List<TopicSpec> topics = new ArrayList<>(TopicSpec.of(new OneView(), BenchPlatform.PARTITIONS));
        for (String peer : PEERS) {
            topics.add(new TopicSpec(
                    Payments.type(peer).topic(),
                    BenchPlatform.PARTITIONS,
                    Map.of("message.timestamp.type", "LogAppendTime")));
            topics.add(new TopicSpec(output(peer), BenchPlatform.PARTITIONS, Map.of()));
        }
        return topics;
    }

    /** Where a peer writes to. */
    static String output(String peer) {
        return "bench.out." + peer;
    }

    /** The changelog of the windows of Kafka Streams, which that makes by itself. */
    static String hoppingChangelog() {
        return group(HOPPING) + "-sums-changelog";
    }

    Path checkpoints(String peer) {
        return settings.scratch().resolve("checkpoints-" + peer);
    }

    private static String group(String peer) {
        return "bench-" + peer;
    }

    Reader oneView() {
        try {
            Path services = Files.createDirectories(settings.scratch().resolve("one-view/META-INF/services"));
            Files.writeString(services.resolve(UseCase.class.getName()), OneView.class.getName());
            Files.writeString(services.resolve(SPEED_PATH), ONE_VIEW_PATH);
        } catch (IOException e) {
            throw new Problem("Cannot write to " + settings.scratch() + ": " + e.getMessage(), e);
        }
        List<String> more = List.of(settings.scratch().resolve("one-view").toString(), Distribution.ownClassPath());
        return new Reader(
                ONE_VIEW,
                OneView.PAYMENT,
                Topics.speedApplication(OneView.NAME),
                () -> kept(platform.launchSpeed("one-view", OneView.NAME, more, HEAP, ONE_VIEW_PORT)));
    }

    Reader fraudPath() {
        return new Reader(
                FRAUD,
                FraudEvents.TRANSACTION,
                Topics.speedApplication(FraudUseCase.NAME),
                () -> kept(platform.launchSpeed("fraud-path", FraudUseCase.NAME, List.of(), HEAP, FRAUD_PORT)));
    }

    Reader noOp(String name) {
        return kafka(name, NoOpForward.class, Payments.type(name).topic());
    }

    Reader loop() {
        return kafka(LOOP, CopyLoop.class, Payments.type(LOOP).topic());
    }

    Reader hopping() {
        return kafka(HOPPING, HoppingWindows.class, HOPPING);
    }

    private Reader kafka(String name, Class<?> main, String input) {
        String classPath = distribution.classPath("speed-layer", "anabranch-speed-layer")
                + File.pathSeparator
                + Distribution.ownClassPath();
        List<String> arguments = List.of(
                platform.bootstrapServers(),
                input,
                output(name),
                group(name),
                COMMIT_MILLIS,
                settings.scratch().resolve(group(name)).toString());
        return reader(name, classPath, List.of(), main.getName(), arguments);
    }

    /** @param backend where Flink keeps its state, as it calls that */
    Reader flink(String name, String backend) {
        List<String> arguments = List.of(
                platform.bootstrapServers(),
                name,
                output(name),
                group(name),
                backend,
                checkpoints(name).toString());
        return reader(
                name,
                distribution.classPath("infra/benchmarks/flink", "anabranch-benchmarks-flink"),
                FLINK_FLAGS,
                "dev.anabranch.benchmarks.flink.SlidingWindows",
                arguments);
    }

    private Reader reader(String name, String classPath, List<String> flags, String main, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(Distribution.java(), "-Xmx" + HEAP, "-XX:+UseSerialGC"));
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(arguments);
        EventType<Transaction> input = Payments.type(name);
        return new Reader(name, input, group(name), () -> kept(platform.launch(name, command)));
    }

    private Process kept(Process process) {
        started.add(process);
        return process;
    }

    @Override
    public void close() {
        started.forEach(Process::destroy);
        started.forEach(process -> process.onExit().join());
    }
}
