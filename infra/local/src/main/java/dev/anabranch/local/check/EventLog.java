package dev.anabranch.local.check;

import dev.anabranch.event.Admission;
import dev.anabranch.event.EventType;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.View;
import dev.anabranch.view.oracle.NaiveFold;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * The whole log, read from its beginning with a plain consumer; what the broker has forgotten comes from the archive.
 * Keeps the events of some of the entities, and of all events where they stand.
 *
 * <p>For one thread.
 */
public final class EventLog implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final List<View<?>> views;
    private final Map<String, EventType<?>> types = new HashMap<>();
    private final Map<String, KeptEvents> kept = new HashMap<>();
    private final Map<Origin, SeenOffsets> events = new TreeMap<>();
    private final Map<Origin, SeenOffsets> others = new TreeMap<>();
    private final Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private long admitted;
    private long refused;

    /**
     * @param types   the events to read
     * @param sampled the entities to keep the events of
     */
    public EventLog(
            String bootstrapServers, Collection<EventType<?>> types, List<View<?>> views, Predicate<String> sampled) {
        this(bootstrapServers, types, views, () -> KeptEvents.where(sampled));
    }

    /**
     * @param types the events to read
     * @param kept  whose events to keep, for each view
     */
    public EventLog(
            String bootstrapServers, Collection<EventType<?>> types, List<View<?>> views, Supplier<KeptEvents> kept) {
        this.views = views;
        types.forEach(type -> this.types.put(type.topic(), type));
        views.forEach(view -> this.kept.put(view.name(), kept.get()));
        Deserializer<byte[]> bytes = new ByteArrayDeserializer();
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "none",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        5_000),
                bytes,
                bytes);
        partitions = this.types.keySet().stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(p -> new TopicPartition(p.topic(), p.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Reads all that the log holds at this moment. */
    public void readToEnd() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
            consumer.poll(POLL).forEach(this::take);
        }
    }

    /** Where the broker's part of the log begins: what stood before has been deleted. */
    public Cut begin() {
        return cut(consumer.beginningOffsets(partitions));
    }

    /** How many offsets it has, gaps and what the broker has deleted included. */
    public long length() {
        return consumer.endOffsets(partitions).values().stream()
                .mapToLong(end -> end)
                .sum();
    }

    /** How far it has been read. */
    public Cut end() {
        return cut(partitions.stream().collect(Collectors.toMap(p -> p, consumer::position)));
    }

    private static Cut cut(Map<TopicPartition, Long> offsets) {
        Map<Origin, Long> byOrigin = new HashMap<>();
        offsets.forEach((partition, offset) -> byOrigin.put(origin(partition), offset));
        return Cut.of(byOrigin);
    }

    private static Origin origin(TopicPartition partition) {
        return new Origin(partition.topic(), partition.partition());
    }

    /** Takes an event that the broker has deleted and the archive has not. To be done before the log is read. */
    public void takeArchived(NaiveFold.Entry entry) {
        admitted++;
        seen(events, entry.position().origin()).add(entry.position().offset());
        keep(entry);
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        Origin origin = new Origin(record.topic(), record.partition());
        Admission<?> admission = types.get(record.topic()).admit(record.key(), record.value(), record.timestamp());
        if (admission instanceof Admission.Admitted<?> event) {
            admitted++;
            seen(events, origin).add(record.offset());
            keep(new NaiveFold.Entry(
                    new Position(origin, record.offset()), record.timestamp(), (SpecificRecord) event.event()));
        } else {
            refused++;
            seen(others, origin).add(record.offset());
        }
    }

    private static SeenOffsets seen(Map<Origin, SeenOffsets> of, Origin origin) {
        return of.computeIfAbsent(origin, o -> new SeenOffsets());
    }

    private void keep(NaiveFold.Entry entry) {
        for (View<?> view : views) {
            KeptEvents byEntity = kept.get(view.name());
            NaiveFold.byEntity(view, List.of(entry)).keySet().forEach(entity -> byEntity.add(entity, entry));
        }
    }

    /** From here on no more entities are kept, only further events of those that are. */
    public void closeSample() {
        kept.values().forEach(KeptEvents::close);
    }

    /** The events of one of the entities kept, in the order in which they were read. */
    public List<NaiveFold.Entry> of(View<?> view, String entity) {
        return kept.get(view.name()).of(entity);
    }

    /** The entities kept that the log knows of. */
    public Set<String> entities(View<?> view) {
        return kept.get(view.name()).entities();
    }

    /** Where the events of a partition stand. */
    SeenOffsets events(Origin origin) {
        return seen(events, origin);
    }

    /** Where the records of a partition stand that are no events. */
    SeenOffsets others(Origin origin) {
        return seen(others, origin);
    }

    /** Every partition of every topic that is read. */
    List<Origin> origins() {
        return partitions.stream().map(EventLog::origin).sorted().toList();
    }

    /** How many records are events. */
    public long admitted() {
        return admitted;
    }

    /** How many records are none. */
    public long refused() {
        return refused;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
