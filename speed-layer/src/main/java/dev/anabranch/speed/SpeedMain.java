package dev.anabranch.speed;

import dev.anabranch.process.Room;
import dev.anabranch.process.Settings;
import dev.anabranch.process.StatusServer;
import dev.anabranch.process.StatusServer.Readiness;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.usecase.UseCases;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.KafkaStreams;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The speed layer as a process: one Kafka Streams application for each use case on the class path, until SIGTERM.
 *
 * <p>Exit codes: 1 when it could not start, 2 when a stream stopped on a record it must not process.
 */
public final class SpeedMain {
    private static final Logger LOG = LoggerFactory.getLogger(SpeedMain.class);
    private static final int ASK_MILLIS = 5_000;

    private final SpeedSettings settings;
    private final List<SpeedPath> paths;
    private final Map<String, LearningSettings> learning;
    private final List<SpeedApplication> applications = new CopyOnWriteArrayList<>();
    private final CompletableFuture<String> stopped = new CompletableFuture<>();

    private SpeedMain(SpeedSettings settings) {
        this.settings = settings;
        List<SpeedPath> all = ServiceLoader.load(SpeedPath.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        paths = chosen(all, settings.speed().useCases());
        learning = paths.stream()
                .collect(Collectors.toMap(SpeedPath::useCase, path -> LearningSettings.read(path.useCase())));
    }

    /**
     * Those of the use cases that are to run.
     *
     * @throws IllegalArgumentException when one is asked for that is not there, or two are of one use case
     */
    static List<SpeedPath> chosen(List<SpeedPath> all, Optional<List<String>> useCases) {
        Map<String, SpeedPath> byUseCase = new LinkedHashMap<>();
        for (SpeedPath path : all) {
            SpeedPath other = byUseCase.putIfAbsent(path.useCase(), path);
            if (other != null) {
                throw new IllegalArgumentException("A use case must have one SpeedPath on the class path, got "
                        + other.getClass().getName() + " and " + path.getClass().getName() + " of " + path.useCase());
            }
        }
        Set<String> known = byUseCase.keySet();
        List<String> wanted = useCases.orElse(List.copyOf(known));
        wanted.stream().filter(name -> !known.contains(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException(
                    "anabranch.speed.use-cases must name some of " + known + ", got '" + name + "'");
        });
        return all.stream().filter(path -> wanted.contains(path.useCase())).toList();
    }

    public static void main(String[] args) {
        // Kafka Streams words a line for every record and every topic of a task that has none, whether it is logged or
        // not: in any other locale that costs three times as much.
        Locale.setDefault(Locale.US);
        int status;
        try {
            SpeedMain main = new SpeedMain(Settings.read(SpeedSettings.class));
            Runtime.getRuntime().addShutdownHook(new Thread(main::close, "shutdown"));
            System.err.println(main.run());
            status = 2;
        } catch (StartFailedException | IOException | IllegalArgumentException e) {
            System.err.println("The speed layer cannot start: " + e.getMessage());
            status = 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            status = 1;
        }
        System.exit(status);
    }

    /** Runs until a stream stops for good, and says why it did. */
    private String run() throws StartFailedException, IOException, InterruptedException {
        try (StatusServer status =
                new StatusServer(settings.status().host(), settings.status().port(), this::readiness)) {
            LOG.info("Health and metrics at http://{}:{}", settings.status().host(), status.port());
            Room.requireAt(settings.stateDir(), "anabranch.state-dir");
            awaitTopics();
            String instance = instance(status.port());
            for (SpeedPath path : paths) {
                applications.add(new SpeedApplication(
                        path,
                        useCase(path),
                        settings,
                        learning.get(path.useCase()),
                        instance,
                        status.metrics(),
                        stopped::complete));
            }
            for (SpeedApplication application : applications) {
                application.start();
                LOG.info("Following the events of {}", application.useCase());
            }
            return stopped.join();
        }
    }

    private String instance(int statusPort) throws UnknownHostException {
        String name = settings.speed().instance().isPresent()
                ? settings.speed().instance().get()
                : InetAddress.getLocalHost().getHostName() + "-" + statusPort;
        return name.replaceAll("[^A-Za-z0-9._-]", "_"); // all that Kafka takes
    }

    private void awaitTopics() throws StartFailedException, InterruptedException {
        String servers = settings.kafka().bootstrapServers();
        try (Admin admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                servers,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                ASK_MILLIS,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                ASK_MILLIS))) {
            for (SpeedPath path : paths) {
                new RequiredTopics(
                                useCase(path),
                                settings.partitions(),
                                !path.features().isEmpty())
                        .await(admin, servers, settings.speed().startTimeout());
            }
        } catch (KafkaException e) { // no host of that name, or no address at all
            String why = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
            throw new StartFailedException(
                    "Kafka cannot be at " + servers + ": " + why + " (anabranch.kafka.bootstrap-servers)", e);
        }
    }

    private static UseCase useCase(SpeedPath path) {
        return UseCases.named(path.useCase())
                .orElseThrow(() -> new IllegalArgumentException("A path must be of a use case on the class path, got '"
                        + path.useCase() + "' from " + path.getClass().getName()));
    }

    private Readiness readiness() {
        String states =
                applications.stream().map(a -> a.useCase() + " is " + a.state()).collect(Collectors.joining(", "));
        boolean ready = applications.size() == paths.size()
                && applications.stream().allMatch(a -> a.state() == KafkaStreams.State.RUNNING);
        return new Readiness(ready, applications.isEmpty() ? "Waiting for the broker and its topics" : states);
    }

    /** Whoever takes over waits for nothing when partitions and transactions are given back in order. */
    private synchronized void close() {
        applications.forEach(SpeedApplication::close);
        applications.clear();
    }
}
