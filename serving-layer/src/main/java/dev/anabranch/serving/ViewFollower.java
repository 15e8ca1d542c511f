package dev.anabranch.serving;

import dev.anabranch.contract.Topics;
import dev.anabranch.usecase.UseCases;
import dev.anabranch.view.View;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.HostInfo;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Follows the topics of every view with Kafka Streams, and knows which replica keeps which partition. */
@ApplicationScoped
class ViewFollower {
    private static final Logger log = Logger.getLogger(ViewFollower.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final Duration LOOK_AGAIN_CAUGHT_UP = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** How long a partition that was given up is answered from: a replica that starts cold may need minutes to read it. */
    private static final Duration REMEMBER = Duration.ofMinutes(5);
    /** A standby copy follows what the active one has committed, and looks for it as often. */
    private static final Duration COMMIT_FOR_STANDBYS = Duration.ofMillis(200);

    /** Where nobody waits for it: while it is made nothing is followed, and what comes after it is read again at a restart. */
    private static final Duration COMMIT = Duration.ofSeconds(1);

    private final ServingConfig config;
    private final Kafka kafka;
    private final HostInfo self;
    private final Clock clock;
    private final Partitions partitions;
    private final Consumption consumption = new Consumption();
    private final Map<TopicPartition, Long> ends = new ConcurrentHashMap<>();
    private final Places places;
    private final Map<String, Integer> partitionCounts = new ConcurrentHashMap<>();
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "serving-catch-up");
        thread.setDaemon(true);
        return thread;
    });
    private volatile KafkaStreams streams;
    private volatile Admin admin;
    private volatile boolean heldAll;
    private volatile boolean brokerLost;

    ViewFollower(
            ServingConfig config,
            Kafka kafka,
            Clock clock,
            RememberedSums sums,
            @ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "quarkus.http.port") int port) {
        this.config = config;
        this.kafka = kafka;
        this.clock = clock;
        partitions = new Partitions(UseCases.views(), sums);
        self = HostInfo.buildFromEndpoint(config.serving().advertised().orElse(host + ":" + port));
        places = new Places(self, partitions, source -> consumption.position(source), ends::get);
    }

    /**
     * Starts following.
     *
     * @param counts how many partitions each topic has
     * @throws Kafka.NotThereException when the topics of a view do not fit together
     */
    void start(Admin admin, Map<String, Integer> counts) throws Kafka.NotThereException {
        for (View<?> view : UseCases.views()) {
            int batch = counts.get(Topics.batchView(view.name()));
            int speed = counts.get(Topics.speedView(view.name()));
            if (batch != speed) {
                throw new Kafka.NotThereException("Both topics of " + view + " must have as many partitions, got "
                        + batch + " for " + Topics.batchView(view.name()) + " and " + speed + " for "
                        + Topics.speedView(view.name()));
            }
            partitionCounts.put(view.name(), batch);
        }
        this.admin = admin;
        WatchedClients watched =
                new WatchedClients(consumption, partitions, config.serving().wholeFor(), clock);
        KafkaStreams starting = new KafkaStreams(
                new ServingTopology(UseCases.views(), partitions, consumption).get(), settings(), watched);
        starting.setGlobalStateRestoreListener(watched);
        starting.setStandbyUpdateListener(watched);
        starting.setUncaughtExceptionHandler(failure -> {
            log.error("A thread that follows the views failed and is replaced", failure);
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        starting.setStateListener((now, before) -> log.infof("Following the views: %s", now));
        starting.start();
        streams = starting;
        watch.schedule(this::look, 0, TimeUnit.MILLISECONDS);
    }

    void stop() {
        watch.shutdownNow();
        KafkaStreams running = streams;
        if (running != null && !running.close(PATIENCE)) {
            log.warnf("The threads that follow the views did not stop within %s", PATIENCE);
        }
    }

    /** How many records of a topic this replica holds in memory, copies for others among them. */
    long records(String topic) {
        return partitions.records(topic);
    }

    /** Where {@code entity} of {@code view} can be asked about. */
    <A> Place<A> find(View<A> view, String entity) {
        Integer count = partitionCounts.get(view.name());
        KafkaStreams running = streams;
        if (count == null || running == null) {
            return new Place.Nowhere<>("The serving layer is waiting for Kafka at " + kafka.bootstrapServers());
        }
        int number = BuiltInPartitioner.partitionForKey(Utils.utf8(entity), count);
        return places.find(view, number, () -> sharing(running, view, entity));
    }

    private static Places.Sharing sharing(KafkaStreams running, View<?> view, String entity) {
        if (!running.state().isRunningOrRebalancing()) {
            return Places.Sharing.none("following the views is " + running.state());
        }
        KeyQueryMetadata known =
                running.queryMetadataForKey(Topics.speedView(view.name()), entity, new StringSerializer());
        return known == null || known.activeHost().equals(HostInfo.unavailable())
                ? Places.Sharing.none("they are being shared out")
                : Places.Sharing.of(known.activeHost(), List.copyOf(known.standbyHosts()));
    }

    /**
     * Whether this replica follows the views and holds all of every partition it is asked about first; and, until it is ready for
     * the first time, all of the copies that it keeps for others: whoever restarts replicas one after the other waits for
     * this one before he takes the next.
     */
    boolean ready() {
        KafkaStreams running = streams;
        boolean follows = running != null && running.state() == KafkaStreams.State.RUNNING;
        if (follows && partitions.all().stream().allMatch(KeptPartition::complete)) {
            heldAll = true;
        }
        return follows && heldAll && partitions.all().stream().allMatch(p -> p.complete() || !p.active());
    }

    boolean follows() {
        return streams != null;
    }

    /** In one word, what following the views is doing. */
    String state() {
        KafkaStreams running = streams;
        return running == null ? "WAITING" : running.state().name();
    }

    boolean failed() {
        KafkaStreams running = streams;
        return running != null && running.state().hasCompletedShutdown();
    }

    /** Whether the broker could not be asked the last time it was tried. */
    boolean brokerLost() {
        return brokerLost;
    }

    /** The partitions of a view that are here, standby copies included. */
    List<KeptPartition<?>> kept(View<?> view) {
        return partitions.of(view);
    }

    /** How many committed offsets of the partition's topics are not yet seen by queries; empty when not known. */
    Optional<Long> lag(KeptPartition<?> partition) {
        long lag = 0;
        for (TopicPartition source : partition.sources()) {
            Long end = ends.get(source);
            long position = consumption.position(source);
            if (end == null || position < 0) {
                return Optional.empty();
            }
            lag += Math.max(0, end - position);
        }
        return Optional.of(lag);
    }

    /** Learns the ends of the topics, and opens the partitions that have been read as far as that. */
    private void look() {
        Duration next = LOOK_AGAIN;
        try {
            // Goals from before the ends are asked for: what stands there now is all that these must hold.
            Map<KeptPartition<?>, KeptPartition.Goal> goals = new HashMap<>();
            partitions.all().forEach(partition -> goals.put(partition, partition.goal()));
            learnEnds(goals.keySet());
            goals.forEach((partition, goal) -> partition.look(goal, endsOf(partition), consumption::covers));
            partitions.forget(System.nanoTime() - REMEMBER.toNanos());
            if (brokerLost) {
                log.infof("Kafka at %s answers again", kafka.bootstrapServers());
                brokerLost = false;
            }
            if (ready()) {
                next = LOOK_AGAIN_CAUGHT_UP;
            }
        } catch (ExecutionException | TimeoutException e) {
            if (!brokerLost) {
                log.warnf("Kafka at %s does not answer; queries are answered from memory", kafka.bootstrapServers());
                brokerLost = true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } catch (RuntimeException e) {
            log.error("Looking how far the views have been read failed and is tried again", e);
        }
        if (!watch.isShutdown()) {
            watch.schedule(this::look, next.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private Map<TopicPartition, Long> endsOf(KeptPartition<?> partition) {
        return partition.sources().stream().collect(Collectors.toMap(source -> source, ends::get));
    }

    private void learnEnds(Collection<KeptPartition<?>> of)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        of.forEach(partition -> partition.sources().forEach(source -> asked.put(source, OffsetSpec.latest())));
        if (asked.isEmpty()) {
            return;
        }
        ListOffsetsResult answer = admin.listOffsets(asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED));
        for (TopicPartition source : asked.keySet()) {
            ends.put(
                    source,
                    answer.partitionResult(source)
                            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                            .offset());
        }
    }

    private Properties settings() {
        Properties settings = new Properties();
        settings.putAll(kafka.clientSettings());
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, config.serving().application());
        settings.put(StreamsConfig.APPLICATION_SERVER_CONFIG, self.host() + ":" + self.port());
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, config.serving().threads());
        settings.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, config.serving().standbys());
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        Duration commit = config.serving().standbys() > 0 ? COMMIT_FOR_STANDBYS : COMMIT;
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, commit.toMillis());
        settings.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_GLOBAL_ENABLED_CONFIG, true);
        // The two topics of a view need no common order, so neither waits for the other.
        settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, -1L);
        // A broker that is away for hours is no reason to drop what is in memory.
        settings.put(StreamsConfig.TASK_TIMEOUT_MS_CONFIG, Duration.ofDays(30).toMillis());
        settings.put(
                StreamsConfig.consumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG),
                IsolationLevel.READ_COMMITTED.toString().toLowerCase(Locale.ROOT));
        settings.put(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG),
                config.serving().fetchBytes());
        settings.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), (int)
                config.serving().sessionTimeout().toMillis());
        settings.put(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
                (int) config.serving().sessionTimeout().toMillis() / 3);
        // Named, a restarted replica takes its own place again instead of waiting for its former self to time out.
        settings.put(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG),
                (self.host() + "-" + self.port()).replaceAll("[^A-Za-z0-9._-]", "_"));
        return settings;
    }
}
