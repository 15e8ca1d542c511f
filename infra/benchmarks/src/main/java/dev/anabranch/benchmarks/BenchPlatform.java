package dev.anabranch.benchmarks;

import dev.anabranch.contract.Topics;
import dev.anabranch.event.EventType;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.lakehouse.CatalogConfig;
import dev.anabranch.local.Distribution;
import dev.anabranch.local.Home;
import dev.anabranch.local.Launch;
import dev.anabranch.local.LocalConfig;
import dev.anabranch.local.Platform;
import dev.anabranch.local.Ports;
import dev.anabranch.local.Problem;
import dev.anabranch.local.Readiness;
import dev.anabranch.local.ResidentMemory;
import dev.anabranch.local.Service;
import dev.anabranch.local.Services;
import dev.anabranch.local.TopicSpec;
import dev.anabranch.simulator.EventProducer;
import dev.anabranch.simulator.PublishListener;
import dev.anabranch.simulator.SimulatedEvent;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;

/** Some processes of the platform, as the local one starts them, empty and on ports of their own. */
public final class BenchPlatform implements AutoCloseable {
    public static final int PARTITIONS = 4;
    /** Customers are called c-0, c-1 and so on. */
    public static final int CUSTOMERS = 20_000;
    /** Terminals are called t-0, t-1 and so on. */
    public static final int TERMINALS = 40_000;

    /** The main class of the speed layer. */
    public static final String SPEED_MAIN = "dev.anabranch.speed.SpeedMain";

    private static final int PORT_OFFSET = 9_000;
    private static final int PORTS_APART = 100;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final long PAST_MILLIS = Duration.ofDays(20).toMillis();

    private final Home home;
    private final Ports ports;
    private final Platform platform;
    private final Map<String, Service> services;
    private final List<String> batch;
    private Process beside;
    private Admin admin;

    private BenchPlatform(
            Home home, Ports ports, Platform platform, Map<String, Service> services, List<String> batch) {
        this.home = home;
        this.ports = ports;
        this.platform = platform;
        this.services = services;
        this.batch = batch;
    }

    /**
     * Starts them and waits until they are ready.
     *
     * @param name   of its folder in the scratch directory
     * @param topics further topics
     * @param names  of the processes, the broker first
     */
    public static BenchPlatform start(
            Benchmark.Settings settings, String name, List<TopicSpec> topics, List<String> names) {
        return start(settings, name, topics, names, 0);
    }

    /**
     * Starts one of several at once.
     *
     * @param nth which, from 0
     */
    public static BenchPlatform start(
            Benchmark.Settings settings, String name, List<TopicSpec> topics, List<String> names, int nth) {
        int offset = PORT_OFFSET + nth * PORTS_APART;
        Home home = new Home(settings.scratch().resolve(name));
        LocalConfig config = dev.anabranch.process.Settings.read(LocalConfig.class);
        LocalConfig.PortConfig usual = config.ports();
        Ports ports = new Ports(
                usual.broker() + offset,
                usual.controller() + offset,
                usual.serving() + offset,
                usual.archiver() + offset,
                usual.speed() + offset,
                usual.scheduler() + offset);
        Services all = new Services(new Distribution(settings.root()), home, ports, PARTITIONS, config.heap(), false);
        List<Service> some =
                all.all().stream().filter(one -> names.contains(one.name())).toList();
        List<TopicSpec> specs = new ArrayList<>(TopicSpec.all(PARTITIONS));
        specs.addAll(topics);
        Platform platform = new Platform(home, some, specs, config, new PrintWriter(Writer.nullWriter()));
        Map<String, Service> services = new HashMap<>();
        all.all().forEach(service -> services.put(service.name(), service));
        BenchPlatform started = new BenchPlatform(home, ports, platform, services, all.batch(List.of()));
        ports.requireFree(platform.portsToBind());
        try {
            platform.start();
            return started;
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
    }

    public String bootstrapServers() {
        return ports.bootstrapServers();
    }

    /** The command of a run of the batch layer: java, its flags, {@code -cp}, the class path, the main class. */
    public List<String> batch() {
        return batch;
    }

    /**
     * Runs the batch layer once, and waits for its end.
     *
     * @param arguments as {@code BatchMain} takes them
     * @param log       the log it writes to, by name
     * @throws Problem when it fails, with the last it said
     */
    public void batch(List<String> arguments, String log) throws InterruptedException {
        List<String> command = new ArrayList<>(batch);
        command.addAll(arguments);
        Process run = platform.runToEnd(command, log);
        if (run.exitValue() != 0) {
            throw new Problem("The batch layer must succeed with " + arguments + "; "
                    + whyEnded(log, run.toHandle()).orElseThrow());
        }
    }

    /** The catalog its archiver writes to. */
    public CatalogConfig catalog() {
        return CatalogConfig.of(home.catalog(), home.warehouse());
    }

    public Service service(String name) {
        return services.get(name);
    }

    /** @throws Problem when it does not run */
    public ProcessHandle process(String name) {
        return home.pidFile(name)
                .running()
                .orElseThrow(() -> new Problem("The " + name + " must run, and does not; see " + home.log(name)));
    }

    /** What a process has spent of CPU since it began. */
    public double cpuSeconds(String name) {
        return process(name)
                        .info()
                        .totalCpuDuration()
                        .orElseThrow(() -> new Problem("This machine does not tell the CPU time of a process"))
                        .toNanos()
                / 1e9;
    }

    /** What a process holds of memory. */
    public long residentKib(String name) {
        return ResidentMemory.ofProcess(process(name).pid())
                .orElseThrow(() -> new Problem("This machine does not tell the memory of a process"));
    }

    /** Ends one of its processes with SIGKILL and waits for its end. */
    public void kill(String name) {
        ProcessHandle process = process(name);
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Starts one of its processes again. */
    public Process launch(String name) {
        return platform.launch(services.get(name));
    }

    /** Starts a second replica of the serving layer and waits until it is ready; it ends with the platform. */
    public String launchSecondReplica() throws InterruptedException {
        return launchReplica(
                "serving-2", List.copyOf(services.get(Services.SERVING).command()));
    }

    /** Starts a replica of the serving layer with a heap of its own, as {@code -Xmx} takes it; else the same. */
    public String launchReplica(String name, String heap) throws InterruptedException {
        List<String> command = new ArrayList<>(services.get(Services.SERVING).command());
        command.replaceAll(argument -> argument.startsWith("-Xmx") ? "-Xmx" + heap : argument);
        return launchReplica(name, command);
    }

    private String launchReplica(String name, List<String> like) throws InterruptedException {
        int port = sparePort();
        List<String> command = new ArrayList<>(like);
        command.replaceAll(
                argument -> argument.startsWith("-Dquarkus.http.port=") ? "-Dquarkus.http.port=" + port : argument);
        command.removeIf(argument -> argument.startsWith("-XX:ArchiveClassesAtExit="));
        beside = launch(name, command);
        String address = "http://" + Ports.HOST + ":" + port;
        Readiness readiness = Readiness.http(URI.create(address + "/q/health/ready"));
        while (readiness.missing().isPresent()) {
            if (!beside.isAlive()) {
                throw new Problem("The replica " + name + " must become ready; see " + home.log(name));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return address;
    }

    /** The replica that was started beside them. */
    public Process replica() {
        return beside;
    }

    /**
     * Starts a speed layer beside them that runs one use case; whoever starts it ends it.
     *
     * @param name      of its folder and log
     * @param useCase   the one
     * @param more      class path beyond the speed layer's own
     * @param heap      as {@code -Xmx} takes it: nothing takes over what it folds. Its other flags are those of its image
     * @param port      of its status
     */
    public Process launchSpeed(String name, String useCase, List<String> more, String heap, int port) {
        return launchSpeed(name, useCase, more, heap, port, SPEED_MAIN, List.of());
    }

    /**
     * Starts one with settings of its own.
     *
     * @param main     its main class
     * @param settings as the command line takes them
     */
    public Process launchSpeed(
            String name, String useCase, List<String> more, String heap, int port, String main, List<String> settings) {
        List<String> command = new ArrayList<>(services.get(Services.SPEED).command());
        command.removeIf(argument -> argument.startsWith("-X")); // those of a small platform that five JVMs share
        command.replaceAll(argument -> argument.startsWith("-Danabranch.status.port=")
                ? "-Danabranch.status.port=" + port
                : argument.startsWith("-Danabranch.state-dir=")
                        ? "-Danabranch.state-dir=" + home.state().resolve(name)
                        : argument);
        command.replaceAll(argument -> argument.equals(SPEED_MAIN) ? main : argument);
        int at = command.indexOf("-cp") + 1;
        List<String> classPath = new ArrayList<>(List.of(command.get(at)));
        classPath.addAll(more);
        command.set(at, String.join(File.pathSeparator, classPath));
        command.addAll(1, List.of("-Xmx" + heap, "-XX:+UseSerialGC", "-Danabranch.speed.use-cases=" + useCase));
        command.addAll(1, settings);
        return launch(name, command);
    }

    /** A port of this machine for one process beside them; none of their own listens there. */
    public int sparePort() {
        return ports.scheduler(); // none runs here
    }

    /** Starts another process beside them; whoever starts it ends it. */
    public Process launch(String name, List<String> command) {
        return Launch.inBackground(command, home.log(name));
    }

    /** What a process said last before it ended; empty while it runs. */
    public Optional<String> whyEnded(String name, ProcessHandle process) {
        if (process.isAlive()) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(home.log(name))) {
            return Optional.of("it ended with: "
                    + lines.filter(line -> !line.isBlank())
                            .reduce((before, last) -> last)
                            .orElse("no word"));
        } catch (IOException e) {
            throw new UncheckedIOException("The log of " + name + " must be there to be read", e);
        }
    }

    /** Publishes payments of the last weeks, as fast as they go: each makes a cell in both fraud views. */
    public void publish(int count, SplittableRandom random) {
        try (EventProducer producer = producer(EventProducer.Tuning.BULK)) {
            for (int i = 0; i < count; i++) {
                producer.send(payment(random));
            }
            producer.flush();
        }
    }

    /** Publishes events of a type, as fast as they go, and waits until the broker has them. */
    public <E extends SpecificRecord> void publish(EventType<E> type, Consumer<Consumer<E>> events) {
        try (EventProducer producer = EventProducer.connect(
                bootstrapServers(), List.of(type), EventProducer.Tuning.BULK, PublishListener.NONE)) {
            events.accept(event -> producer.send(new SimulatedEvent<>(type, event)));
            producer.flush();
        }
    }

    /**
     * Publishes such payments on time, however long they take, until told to stop.
     *
     * @return how many it was behind at the end: a machine that cannot keep up measures something else
     */
    public long publish(int perSecond, SplittableRandom random, BooleanSupplier stopped) throws InterruptedException {
        try (EventProducer producer = producer(EventProducer.Tuning.PROMPT)) {
            long start = System.nanoTime();
            long sent = 0;
            long due = 0;
            while (!stopped.getAsBoolean()) {
                due = (System.nanoTime() - start) * perSecond / TimeUnit.SECONDS.toNanos(1);
                for (long until = Math.min(due, sent + perSecond); sent < until; sent++) {
                    producer.send(payment(random));
                }
                TimeUnit.MILLISECONDS.sleep(1);
            }
            producer.flush();
            return due - sent;
        }
    }

    private EventProducer producer(EventProducer.Tuning tuning) {
        return EventProducer.connect(
                bootstrapServers(), List.of(FraudEvents.TRANSACTION), tuning, PublishListener.NONE);
    }

    private static SimulatedEvent<Transaction> payment(SplittableRandom random) {
        long at = System.currentTimeMillis() - random.nextLong(PAST_MILLIS);
        return new SimulatedEvent<>(
                FraudEvents.TRANSACTION,
                new Transaction(
                        "p-" + random.nextLong(),
                        at,
                        "c-" + random.nextInt(CUSTOMERS),
                        "t-" + random.nextInt(TERMINALS),
                        1L + random.nextInt(50_000)));
    }

    /** Whether a group has committed all payments there are. */
    public boolean hasRead(String group) throws ExecutionException, InterruptedException {
        return hasRead(group, FraudEvents.TRANSACTION.topic());
    }

    /** Whether a group has committed all that is in a topic. */
    public boolean hasRead(String group, String topic) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (int i = 0; i < PARTITIONS; i++) {
            asked.put(new TopicPartition(topic, i), OffsetSpec.latest());
        }
        Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> ends =
                admin().listOffsets(asked).all().get();
        Map<TopicPartition, OffsetAndMetadata> read = admin().listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
        return ends.entrySet().stream().allMatch(end -> {
            OffsetAndMetadata offset = read.get(end.getKey());
            return end.getValue().offset() == 0
                    || offset != null && offset.offset() >= end.getValue().offset();
        });
    }

    /**
     * Whether a group has committed all that it was given and all that it made of that for itself.
     *
     * @param given the topics it reads what others wrote from
     * @param made  those it reads what it wrote itself from; its repartition topics are found
     */
    public boolean hasWorkedOff(String group, List<String> given, List<String> made)
            throws ExecutionException, InterruptedException {
        // What is committed is asked for first: whatever came of it is within the ends then.
        Map<TopicPartition, OffsetAndMetadata> read = admin().listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
        List<String> topics = new ArrayList<>(given);
        topics.addAll(made);
        admin().listTopics().names().get().stream()
                .filter(topic -> topic.startsWith(group) && topic.endsWith("-repartition"))
                .forEach(topics::add);
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        admin().describeTopics(topics)
                .allTopicNames()
                .get()
                .forEach((topic, about) -> about.partitions()
                        .forEach(one -> asked.put(new TopicPartition(topic, one.partition()), OffsetSpec.latest())));
        return admin().listOffsets(asked).all().get().entrySet().stream().allMatch(end -> {
            OffsetAndMetadata offset = read.get(end.getKey());
            long ahead = end.getValue().offset() - (offset == null ? 0 : offset.offset());
            boolean marked = offset != null && !given.contains(end.getKey().topic());
            return ahead == 0 || marked && ahead == 1; // the mark that a transaction ends with is nothing to read
        });
    }

    /** How many records are committed in a topic. */
    public long count(String topic) {
        long[] count = new long[1];
        Log.read(bootstrapServers(), topic, record -> count[0]++);
        return count[0];
    }

    /** Waits until the speed layer has committed all payments there are. */
    public void awaitSpeedLayer() throws ExecutionException, InterruptedException {
        awaitSpeedLayer(FraudUseCase.NAME, FraudEvents.TRANSACTION);
    }

    /** Waits until the speed layer of a use case has committed all events of a type that there are. */
    public void awaitSpeedLayer(String useCase, EventType<?> type) throws ExecutionException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!hasRead(Topics.speedApplication(useCase), type.topic())) {
            if (System.nanoTime() > deadline) {
                throw new Problem("The speed layer must have read all of " + type.topic() + " within "
                        + PATIENCE.toMinutes() + " min");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** How many bytes topics hold on the broker's disk. */
    public long bytes(List<String> topics) throws ExecutionException, InterruptedException {
        List<Integer> brokers =
                admin().describeCluster().nodes().get().stream().map(Node::id).toList();
        long bytes = 0;
        for (var directories :
                admin().describeLogDirs(brokers).allDescriptions().get().values()) {
            for (var directory : directories.values()) {
                for (var replica : directory.replicaInfos().entrySet()) {
                    bytes += topics.contains(replica.getKey().topic())
                            ? replica.getValue().size()
                            : 0;
                }
            }
        }
        return bytes;
    }

    /** One for all questions: a connection costs the broker more than they do. */
    private synchronized Admin admin() {
        if (admin == null) {
            admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()));
        }
        return admin;
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close();
        }
        if (beside != null) {
            beside.destroy();
            beside.onExit().join();
        }
        platform.stopAll();
    }
}
