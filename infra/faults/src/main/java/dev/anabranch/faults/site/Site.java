package dev.anabranch.faults.site;

import dev.anabranch.local.Distribution;
import dev.anabranch.local.Home;
import dev.anabranch.local.LocalConfig;
import dev.anabranch.local.Platform;
import dev.anabranch.local.Ports;
import dev.anabranch.local.Service;
import dev.anabranch.local.Services;
import dev.anabranch.local.TopicSpec;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The platform a round is about, as processes: every layer reaches the broker over a {@link Link}, serving has replicas,
 * and each process may be stopped, paused and started again while the others go on.
 */
public final class Site implements AutoCloseable {
    /** A second archiver, for a while. */
    public static final String SECOND_ARCHIVER = "archiver-2";

    public static final String BATCH = "batch";

    private static final int LINKS_FROM = 10;
    private static final int LISTENERS_FROM = 20;
    private static final List<String> LINKED = List.of(Services.ARCHIVER, Services.SPEED, Services.SERVING, BATCH);

    /** Processes that are killed every minute never earn back what the second compiler costs. */
    private static final String FIRST_COMPILER = "-XX:TieredStopAtLevel=1";

    /** What a run of the batch layer trains with, so that it takes seconds: how good the model is, is of no concern. */
    private static final List<String> QUICK_TRAINING = List.of(
            FIRST_COMPILER,
            "-Danabranch.fraud.training.algorithms=logistic-regression",
            "-Danabranch.fraud.training.least-frauds=5",
            "-Danabranch.fraud.training.gates.least-positives=5",
            "-Danabranch.fraud.training.gates.least-auc=0",
            "-Danabranch.fraud.training.gates.tolerance=1");

    private static final List<String> QUICK_ARCHIVE = List.of("-Danabranch.archive.max-delay=PT2S");

    /** A machine that runs all of it at once, and more, has no processor left for a commit every 25 ms. */
    private static final List<String> FEWER_COMMITS = List.of("-Danabranch.speed.commit-interval=PT0.1S");

    /** Over a slow link the two topics of a view come at different paces then, the one with more to tell behind. */
    private static final List<String> SMALL_FETCHES = List.of("-Danabranch.serving.fetch-bytes=2048");

    private final Home home;
    private final Ports ports;
    private final Services services;
    private final Platform platform;
    private final Processes processes;
    private final Path evolution;
    private final Map<String, Link> links = new LinkedHashMap<>();
    private final Map<String, Service> byName = new LinkedHashMap<>();
    private final List<String> replicas;
    private final boolean onDisk;

    /**
     * @param replicas of the serving layer
     * @param onDisk   whether the speed layer keeps its cells on disk, or in memory
     */
    public Site(
            Home home, Ports ports, int partitions, int replicas, boolean onDisk, LocalConfig config, PrintWriter out) {
        this.onDisk = onDisk;
        this.home = home;
        this.ports = ports;
        Distribution distribution = Distribution.ofThisCommand();
        evolution = distribution.root().resolve("infra/faults/src/main/evolution");
        services = new Services(distribution, home, ports, partitions, config.heap(), false);
        this.replicas =
                IntStream.rangeClosed(1, replicas).mapToObj(Site::replica).toList();
        List<String> proxied = new ArrayList<>();
        for (int i = 0; i < LINKED.size(); i++) {
            int front = ports.scheduler() + LINKS_FROM + i;
            int listener = ports.scheduler() + LISTENERS_FROM + i;
            links.put(LINKED.get(i), new Link(front, listener));
            proxied.add(listener + ":" + front);
        }
        add(Variation.with(services.broker(), List.of("-Danabranch.broker.proxied=" + String.join(",", proxied))));
        add(layer(Variation.onClassPath(services.archiver(), evolution), Services.ARCHIVER, QUICK_ARCHIVE));
        add(layer(Variation.onClassPath(services.speed(), evolution), Services.SPEED, speedSettings()));
        for (int i = 0; i < replicas; i++) {
            add(serving(i));
        }
        platform = new Platform(home, List.copyOf(byName.values()), TopicSpec.all(partitions), config, out);
        processes = new Processes(platform, home, byName);
    }

    private List<String> speedSettings() {
        List<String> settings = new ArrayList<>(FEWER_COMMITS);
        settings.add("-Danabranch.speed.store=" + (onDisk ? "rocksdb" : "memory"));
        return settings;
    }

    /** Whether the speed layer keeps its cells on disk. */
    public boolean onDisk() {
        return onDisk;
    }

    private void add(Service service) {
        byName.put(service.name(), service);
    }

    private static String replica(int number) {
        return number == 1 ? Services.SERVING : Services.SERVING + "-" + number;
    }

    private Service layer(Service service, String link, List<String> settings) {
        List<String> all = new ArrayList<>(settings);
        all.add(FIRST_COMPILER);
        all.add("-Danabranch.kafka.bootstrap-servers=" + links.get(link).address());
        return new Service(
                service.name(),
                service.ports(),
                service.address(),
                Variation.with(service.command(), all),
                service.readiness());
    }

    private Service serving(int number) {
        int port = ports.serving() + number;
        URI address = URI.create("http://" + Ports.HOST + ":" + port);
        Service twin = Variation.twin(
                services.serving(),
                replicas.get(number),
                address,
                "/q/health/ready",
                List.of(
                        "-Dquarkus.http.port=" + port,
                        "-Danabranch.serving.standbys=" + (replicas.size() > 1 ? 1 : 0)));
        return layer(twin, Services.SERVING, number == replicas.size() - 1 ? SMALL_FETCHES : List.of());
    }

    /** A second archiver that knows nothing of the first. */
    public Service secondArchiver() {
        URI address = URI.create("http://" + Ports.HOST + ":" + ports.scheduler());
        Service twin = Variation.twin(
                Variation.onClassPath(services.archiver(), evolution),
                SECOND_ARCHIVER,
                address,
                "/health/ready",
                List.of("-Danabranch.status.port=" + ports.scheduler()));
        return layer(twin, Services.ARCHIVER, QUICK_ARCHIVE);
    }

    /** The archiver with further settings. */
    public Service archiverWith(List<String> settings) {
        return Variation.with(byName.get(Services.ARCHIVER), settings);
    }

    /**
     * The command of one process of the batch layer.
     *
     * @param arguments as {@code BatchMain} takes them
     * @param settings  system properties
     */
    public List<String> batch(List<String> arguments, List<String> settings) {
        List<String> all = new ArrayList<>(QUICK_TRAINING);
        all.add("-Danabranch.kafka.bootstrap-servers=" + links.get(BATCH).address());
        all.addAll(settings);
        return Variation.onClassPath(Variation.with(services.batch(arguments), all), evolution);
    }

    public Home home() {
        return home;
    }

    public Ports ports() {
        return ports;
    }

    public Platform platform() {
        return platform;
    }

    public Processes processes() {
        return processes;
    }

    /** The names of the serving replicas, the first one first. */
    public List<String> replicas() {
        return replicas;
    }

    /** Where the replicas answer, in their order. */
    public List<String> addresses() {
        return replicas.stream().map(name -> byName.get(name).address()).toList();
    }

    public Service service(String name) {
        Service service = byName.get(name);
        if (service == null) {
            throw new IllegalArgumentException("A process must be one of " + byName.keySet() + ", got " + name);
        }
        return service;
    }

    /** The network between a layer and the broker; replicas of serving share one. */
    public Link link(String layer) {
        return links.get(layer);
    }

    public List<String> linked() {
        return LINKED;
    }

    /** The broker, past every link. */
    public String bootstrapServers() {
        return ports.bootstrapServers();
    }

    @Override
    public void close() {
        links.values().forEach(Link::close);
    }
}
