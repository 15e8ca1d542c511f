package dev.anabranch.local;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The processes of the platform as a deployment would start them, with flags that keep five JVMs small.
 */
public final class Services {
    public static final String BROKER = "broker";
    public static final String ARCHIVER = "archiver";
    public static final String SPEED = "speed";
    public static final String SERVING = "serving";
    public static final String SCHEDULER = "scheduler";

    /**
     * The JVM's own thresholds times four: five JVMs that start at once on a small machine would spend a third of that time
     * in the optimising compiler, on code that runs only then.
     */
    private static final List<String> OPTIMISE_LATER = List.of(
            "-XX:Tier4InvocationThreshold=20000",
            "-XX:Tier4MinInvocationThreshold=2400",
            "-XX:Tier4CompileThreshold=60000",
            "-XX:Tier4BackEdgeThreshold=160000");

    private final Distribution distribution;
    private final Home home;
    private final Ports ports;
    private final int partitions;
    private final LocalConfig.HeapConfig heap;
    private final boolean scheduled;

    /** @param scheduled whether the batch layer runs by itself, as often as its settings say */
    public Services(
            Distribution distribution,
            Home home,
            Ports ports,
            int partitions,
            LocalConfig.HeapConfig heap,
            boolean scheduled) {
        this.distribution = distribution;
        this.home = home;
        this.ports = ports;
        this.partitions = partitions;
        this.heap = heap;
        this.scheduled = scheduled;
    }

    /** All of them, the broker first. */
    public List<Service> all() {
        return List.of(broker(), archiver(), speed(), serving(), scheduler());
    }

    public Service broker() {
        String classPath = distribution.classPath("infra/broker", "anabranch-broker");
        List<String> command = jvm(BROKER, heap.broker(), classPath);
        command.add("-Danabranch.broker.port=" + ports.broker());
        command.add("-Danabranch.broker.controller-port=" + ports.controller());
        command.add("-Danabranch.broker.directory=" + home.broker());
        command.addAll(List.of("-cp", classPath, "dev.anabranch.broker.BrokerMain"));
        return new Service(
                BROKER,
                List.of(BROKER, "controller"),
                ports.bootstrapServers(),
                command,
                new BrokerReadiness(ports.bootstrapServers()));
    }

    public Service archiver() {
        String classPath = distribution.classPath("batch-layer", "anabranch-batch-layer");
        List<String> command = jvm(ARCHIVER, heap.archiver(), classPath);
        command.addAll(settings(Optional.of(ports.archiver())));
        command.addAll(List.of("-cp", classPath, "dev.anabranch.batch.ArchiverMain"));
        return statused(ARCHIVER, ports.archiver(), command);
    }

    public Service speed() {
        String classPath = distribution.classPath("speed-layer", "anabranch-speed-layer");
        List<String> command = jvm(SPEED, heap.speed(), classPath);
        command.addAll(settings(Optional.of(ports.speed())));
        command.addAll(List.of("-cp", classPath, "dev.anabranch.speed.SpeedMain"));
        return statused(SPEED, ports.speed(), command);
    }

    public Service serving() {
        String classPath = distribution.servingClassPath();
        List<String> command = jvm(SERVING, heap.serving(), classPath);
        command.addAll(settings(Optional.empty()));
        command.add("-Dquarkus.http.host=" + Ports.HOST);
        command.add("-Dquarkus.http.port=" + ports.serving());
        command.addAll(List.of("-cp", classPath, "io.quarkus.runner.GeneratedMain"));
        String address = "http://" + Ports.HOST + ":" + ports.serving();
        return new Service(
                SERVING, List.of(SERVING), address, command, Readiness.http(URI.create(address + "/q/health/ready")));
    }

    public Service scheduler() {
        String classPath = distribution.classPath("batch-layer", "anabranch-batch-layer");
        List<String> command = jvm(SCHEDULER, heap.scheduler(), classPath);
        command.add("-XX:TieredStopAtLevel=1"); // it waits and starts others
        command.addAll(settings(Optional.of(ports.scheduler())));
        command.add("-Danabranch.batch.log-dir=" + home.logs());
        command.add("-Danabranch.batch.jvm-options=-Xmx" + heap.batch());
        if (!scheduled) {
            command.add("-Danabranch.batch.cron=off");
        }
        command.addAll(List.of(
                "-cp",
                distribution.classPath("batch-layer", "anabranch-batch-layer"),
                "dev.anabranch.batch.SchedulerMain"));
        return statused(SCHEDULER, ports.scheduler(), command);
    }

    /** One run of the batch layer: a process that ends by itself. */
    public List<String> batch(List<String> arguments) {
        // Spark loads some 25,000 classes: below that much room each doubling of it is a full collection.
        List<String> command =
                new ArrayList<>(List.of(Distribution.java(), "-XX:+UseParallelGC", "-XX:MetaspaceSize=256m"));
        command.add("-Xmx" + heap.batch());
        command.add(distribution.sparkFlags());
        command.addAll(settings(Optional.empty()));
        command.addAll(List.of(
                "-cp",
                distribution.classPath("batch-layer", "anabranch-batch-layer"),
                "dev.anabranch.batch.BatchMain"));
        command.addAll(arguments);
        return command;
    }

    private Service statused(String name, int port, List<String> command) {
        String address = "http://" + Ports.HOST + ":" + port;
        return new Service(
                name, List.of(name), address, command, Readiness.http(URI.create(address + "/health/ready")));
    }

    private List<String> jvm(String name, String heap, String classPath) {
        List<String> command = new ArrayList<>(List.of(
                Distribution.java(),
                "-XX:+UseSerialGC",
                "-Xms16m",
                "-Xmx" + heap,
                "-Xss512k",
                "-XX:MaxHeapFreeRatio=60", // give memory back once a burst is over
                "-XX:MinHeapFreeRatio=40",
                "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(OPTIMISE_LATER);
        command.addAll(distribution.classArchive().arguments(name, classPath));
        return command;
    }

    private List<String> settings(Optional<Integer> statusPort) {
        List<String> settings = new ArrayList<>(List.of(
                "-Danabranch.kafka.bootstrap-servers=" + ports.bootstrapServers(),
                "-Danabranch.partitions=" + partitions,
                "-Danabranch.catalog.uri=jdbc:sqlite:" + home.catalog() + "?journal_mode=WAL&busy_timeout=30000",
                "-Danabranch.catalog.warehouse=" + home.warehouse(),
                "-Danabranch.state-dir=" + home.state(),
                "-Danabranch.status.host=" + Ports.HOST));
        statusPort.ifPresent(port -> settings.add("-Danabranch.status.port=" + port));
        return settings;
    }
}
