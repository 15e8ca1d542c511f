package dev.anabranch.speed;

import dev.anabranch.contract.SpeedFloor;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Origin;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewKeys;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in every speed view where its cells begin, before the first of them is written: where the log does when the application
 * is new, and where the application stands when it is not and only the view is. Events before that are in no cell, so until a
 * generation has them an answer says that it is not exact.
 */
final class NewViews {
    private static final Logger LOG = LoggerFactory.getLogger(NewViews.class);
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int TRANSACTION_MILLIS = 10_000;
    private static final int ASK_MILLIS = 5_000;
    /** Before the first record of an old topic lie markers of transactions, an hour of them now and then. */
    private static final int FETCH_BYTES = 64 * 1_024;

    private final Admin admin;
    private final String bootstrapServers;
    private final String application;
    private final int partitions;
    private final Predicate<View<?>> stays;

    /**
     * @param application as its consumers name it
     * @param partitions  how many every topic of the use case has
     * @param stays       whether all events of a view are folded in the partition that they lie in
     */
    NewViews(Admin admin, String bootstrapServers, String application, int partitions, Predicate<View<?>> stays) {
        this.admin = admin;
        this.bootstrapServers = bootstrapServers;
        this.application = application;
        this.partitions = partitions;
        this.stays = stays;
    }

    /**
     * Returns when every one of {@code views} says where it begins.
     *
     * @throws StartFailedException when that cannot be told for {@code patience}: because instances run that may not know a
     *     new view, and where they are by the time that they end is where it begins; or because the broker does not answer
     */
    void announce(Collection<View<?>> views, Duration patience) throws StartFailedException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            String problem;
            try (Consumer<byte[], byte[]> consumer = consumer()) {
                if (!withoutRecords(views, consumer, deadline).isEmpty()) {
                    announceNew(views, consumer, deadline);
                }
                return;
            } catch (InterruptException e) {
                throw new InterruptedException(e.getMessage());
            } catch (KafkaException e) { // that another instance does the same at this moment, too
                problem = e.getCause() == null
                        ? e.getMessage()
                        : e.getMessage() + ": " + e.getCause().getMessage();
            }
            if (System.nanoTime() > deadline) {
                throw new StartFailedException("Cannot say where the views of " + application + " begin: " + problem);
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        }
    }

    /**
     * All new views get their beginnings or none does: one of which a single partition had a beginning would not be new to the
     * next start.
     */
    private void announceNew(Collection<View<?>> views, Consumer<byte[], byte[]> consumer, long deadline)
            throws StartFailedException, InterruptedException {
        Producer<byte[], byte[]> producer = producer();
        try {
            // What an attempt left that was killed is over with this, and who attempts it now begins again.
            producer.initTransactions();
            boolean told = false;
            while (true) {
                List<View<?>> fresh = withoutRecords(views, consumer, deadline);
                if (fresh.isEmpty()) {
                    return;
                }
                Collection<String> members = members();
                if (members.isEmpty()) {
                    write(floors(fresh, consumer), producer);
                    return;
                }
                if (System.nanoTime() > deadline) {
                    throw new StartFailedException("Views " + fresh + " are new to " + application + ", of which "
                            + members
                            + " may run without them: all instances must be stopped before one with a new view starts");
                }
                if (!told) {
                    LOG.info("Views {} are new: waiting for {} to be gone, which may run without them", fresh, members);
                    told = true;
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
            }
        } finally {
            producer.close(Duration.ofMillis(ASK_MILLIS)); // what is open by then, the next attempt ends
        }
    }

    /** Whoever ran with a view has left a beginning in its topic, cells or signs of life, and not all of them are ever compacted. */
    private List<View<?>> withoutRecords(Collection<View<?>> views, Consumer<byte[], byte[]> consumer, long deadline) {
        Set<TopicPartition> unseen = new HashSet<>();
        views.forEach(view -> unseen.addAll(partitionsOf(Topics.speedView(view.name()))));
        consumer.assign(unseen);
        consumer.seekToBeginning(unseen);
        Map<TopicPartition, Long> ends = consumer.endOffsets(unseen);
        Set<String> seen = new HashSet<>();
        while (true) {
            unseen.removeIf(partition ->
                    seen.contains(partition.topic()) || consumer.position(partition) >= ends.get(partition));
            if (unseen.isEmpty()) {
                return views.stream()
                        .filter(view -> !seen.contains(Topics.speedView(view.name())))
                        .collect(Collectors.toList());
            }
            if (System.nanoTime() > deadline) {
                throw new TimeoutException("Nothing could be read of " + unseen);
            }
            consumer.pause(consumer.assignment());
            consumer.resume(unseen);
            consumer.poll(POLL).forEach(record -> seen.add(record.topic()));
        }
    }

    /** Who is in the group of the application, or was in it so short a time ago that nobody knows better. */
    private Collection<String> members() throws InterruptedException {
        try {
            return admin
                    .describeConsumerGroups(
                            List.of(application), new DescribeConsumerGroupsOptions().timeoutMs(ASK_MILLIS))
                    .describedGroups()
                    .get(application)
                    .get()
                    .members()
                    .stream()
                    .map(member -> member.groupInstanceId().orElse(member.clientId()) + " at " + member.host())
                    .toList();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return List.of();
            }
            throw new KafkaException(e.getCause().getMessage(), e.getCause());
        }
    }

    /** Past all that the application has read, and all that is in the log no longer: whole blocks, as cuts are. */
    private Map<View<?>, Cut> floors(List<View<?>> views, Consumer<byte[], byte[]> consumer) {
        Set<TopicPartition> read = views.stream()
                .flatMap(view -> view.topics().stream())
                .flatMap(topic -> partitionsOf(topic).stream())
                .collect(Collectors.toSet());
        Map<Origin, Long> begins = new HashMap<>();
        consumer.beginningOffsets(read).forEach((partition, offset) -> begins.put(origin(partition), offset));
        consumer.committed(read).forEach((partition, reached) -> {
            if (reached != null) {
                begins.merge(origin(partition), reached.offset(), Math::max);
            }
        });
        begins.replaceAll((origin, offset) -> Math.floorDiv(offset + Cut.BLOCK - 1, Cut.BLOCK) * Cut.BLOCK);
        Map<View<?>, Cut> floors = new HashMap<>();
        views.forEach(view -> floors.put(view, Cut.of(begins).onlyTopics(view.topics())));
        return floors;
    }

    private void write(Map<View<?>, Cut> floors, Producer<byte[], byte[]> producer) {
        producer.beginTransaction();
        floors.forEach((view, floor) -> {
            for (int number = 0; number < partitions; number++) {
                byte[] value = Wire.SPEED_FLOOR.encode(
                        new SpeedFloor(Cuts.write(stays.test(view) ? of(floor, number) : floor)));
                producer.send(new ProducerRecord<>(Topics.speedView(view.name()), number, ViewKeys.FLOOR, value));
            }
        });
        producer.commitTransaction();
        floors.forEach((view, floor) -> {
            if (!floor.equals(Cut.NOTHING)) {
                LOG.info("View {} is new and begins at {}: exact once a generation reaches there", view, floor);
            }
        });
    }

    /** Of what comes to one partition, when nothing does from others. */
    private static Cut of(Cut floor, int partition) {
        Cut own = Cut.NOTHING;
        for (Map.Entry<Origin, Long> each : floor.origins().entrySet()) {
            own = each.getKey().partition() == partition ? own.with(each.getKey(), each.getValue()) : own;
        }
        return own;
    }

    private Set<TopicPartition> partitionsOf(String topic) {
        return IntStream.range(0, partitions)
                .mapToObj(number -> new TopicPartition(topic, number))
                .collect(Collectors.toSet());
    }

    private static Origin origin(TopicPartition partition) {
        return new Origin(partition.topic(), partition.partition());
    }

    /** Of the group, so that it knows where that stands, and not in it. What is being committed is waited for. */
    private Consumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.GROUP_ID_CONFIG,
                        application,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                        FETCH_BYTES,
                        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                        10, // one that has read to the end waits as long again to close
                        ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        ASK_MILLIS,
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        ASK_MILLIS),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private Producer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        application + "-new-views",
                        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                        TRANSACTION_MILLIS,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        TRANSACTION_MILLIS),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }
}
