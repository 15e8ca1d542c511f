package dev.anabranch.speed;

import dev.anabranch.contract.Topics;
import dev.anabranch.model.LiveLineup;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.usecase.UseCase;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One use case, running: its topology, and the model it scores with. */
final class SpeedApplication implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpeedApplication.class);
    private static final long LEARNER_CACHE_BYTES = 1 << 20;
    private static final Duration CLOSING = Duration.ofSeconds(20);

    private final SpeedPath path;
    private final UseCase useCase;
    private final SpeedSettings settings;
    private final LiveLineup<LoadedModel> live;
    private final FailurePolicy failures = new FailurePolicy();
    private final Optional<ModelFollower> models;
    private final Admin admin;
    private final NewViews newViews;
    private final Thread sweeping;
    private final CountDownLatch running = new CountDownLatch(1);
    private final KafkaStreams streams;
    private final DiskState onDisk;
    private final KafkaStreamsMetrics streamsMetrics;
    private final MeterRegistry metrics;

    /**
     * @param learning how its model learns as labels arrive
     * @param instance names this instance among those of the application
     * @param onStop   told why, when the stream has stopped for good without having been closed
     */
    SpeedApplication(
            SpeedPath path,
            UseCase useCase,
            SpeedSettings settings,
            LearningSettings learning,
            String instance,
            MeterRegistry metrics,
            Consumer<String> onStop) {
        this.path = path;
        this.useCase = useCase;
        this.settings = settings;
        this.metrics = metrics;
        live = new LiveLineup<>(path.useCase(), version -> LoadedModel.load(version, path.features()));
        admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.kafka().bootstrapServers()));
        String application = Topics.speedApplication(path.useCase());
        Sweeps sweeps = new Sweeps();
        CommitPace pace = new CommitPace(settings.speed().commitInterval(), System::nanoTime);
        SpeedTopology topology = new SpeedTopology(
                useCase,
                settings.speed().store(),
                settings.partitions(),
                live,
                new Mirrors(BatchTopics.of(admin, application), settings.speed().wholeFor()),
                sweeps,
                pace,
                learning.enabled() ? OptionalInt.of(learning.publishEvery()) : OptionalInt.empty(),
                metrics);
        path.draw(topology);
        sweeping =
                new Thread(() -> sweepOnceItRuns(sweeps, application, topology.topics()), "sweeps-" + path.useCase());
        sweeping.setDaemon(true);
        models = path.features().isEmpty()
                ? Optional.empty()
                : Optional.of(new ModelFollower(settings.kafka().bootstrapServers(), path.useCase(), live, metrics));
        String name = application + "-" + instance;
        streams = new KafkaStreams(
                topology.build(), properties(path.useCase(), settings, name), new SpeedClients(name, pace));
        streams.setUncaughtExceptionHandler(failures);
        streams.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.RUNNING) {
                running.countDown();
            }
            if (now == KafkaStreams.State.ERROR) {
                onStop.accept("The stream of " + path.useCase() + " stopped: " + failures.stopped());
            }
        });
        newViews = new NewViews(
                admin,
                settings.kafka().bootstrapServers(),
                application,
                settings.partitions(),
                topology::foldsWhereEventsLie);
        onDisk = new DiskState(stateDirectory(settings).resolve(application));
        streamsMetrics = new KafkaStreamsMetrics(streams);
    }

    void start() throws StartFailedException, InterruptedException {
        if (models.isPresent()) {
            // First the models: an event that is read before them would go without its prediction.
            models.get().start(settings.speed().startTimeout());
        }
        // One that has stopped a moment ago is taken for running until its session is over.
        newViews.announce(
                useCase.views(),
                settings.speed().startTimeout().plus(settings.speed().sessionTimeout()));
        streamsMetrics.bindTo(metrics);
        int left = onDisk.begin();
        if (left > 0) {
            LOG.info("Stores of {} tasks were left behind by a life that did not end in order: restored anew", left);
        }
        streams.start();
        sweeping.start();
    }

    /** The topics events are repartitioned through are made by the application itself, as it begins to run. */
    private void sweepOnceItRuns(Sweeps sweeps, String application, List<String> topics) {
        try {
            running.await();
            sweeps.run(admin, application, topics, settings.partitions());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    String useCase() {
        return path.useCase();
    }

    KafkaStreams.State state() {
        return streams.state();
    }

    @Override
    public void close() {
        if (streams.close(CLOSING)) {
            onDisk.end();
        }
        sweeping.interrupt();
        admin.close();
        models.ifPresent(ModelFollower::close);
        live.close();
        streamsMetrics.close();
    }

    private static Path stateDirectory(SpeedSettings settings) {
        return settings.stateDir().resolve("speed");
    }

    /** How Kafka Streams runs it; the reasons are in {@code decisions/}. */
    static Properties properties(String useCase, SpeedSettings settings, String name) {
        long commitMillis = settings.speed().commitInterval().toMillis();
        Properties p = new Properties();
        p.put(StreamsConfig.APPLICATION_ID_CONFIG, Topics.speedApplication(useCase));
        p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.kafka().bootstrapServers());
        p.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory(settings).toString());
        p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.speed().threads());
        p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, commitMillis);
        // A thread commits between polls only: a longer wait for new records would hold the last ones back.
        p.put(StreamsConfig.POLL_MS_CONFIG, commitMillis);
        // For the one store that is cached, of what was learnt: none else is.
        p.put(
                StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG,
                LEARNER_CACHE_BYTES * settings.speed().threads());
        p.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
        p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), name);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), (int)
                settings.speed().sessionTimeout().toMillis());
        p.put(
                StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
                (int) settings.speed().sessionTimeout().toMillis() / 3);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all");
        return p;
    }
}
