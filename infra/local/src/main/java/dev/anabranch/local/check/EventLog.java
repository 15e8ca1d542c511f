package dev.anabranch.local.check;

import dev.anabranch.event.Admission;
import dev.anabranch.event.EventType;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.View;
import dev.anabranch.view.oracle.NaiveFold;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * The whole log, read from its beginning with a plain consumer. Keeps the events of a sample of the entities: a whole log
 * would not fit in memory, and the fold of one entity needs no other's events.
 *
 * <p>For one thread.
 */
public final class EventLog implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final List<View<?>> views;
    private final Predicate<String> sampled;
    private final Map<String, EventType<?>> types = new HashMap<>();
    private final Map<String, Map<String, List<NaiveFold.Entry>>> kept = new HashMap<>();
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
        this.views = views;
        this.sampled = sampled;
        types.forEach(type -> this.types.put(type.topic(), type));
        views.forEach(view -> kept.put(view.name(), new HashMap<>()));
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

    private void take(ConsumerRecord<byte[], byte[]> record) {
        Admission<?> admission = types.get(record.topic()).admit(record.key(), record.value(), record.timestamp());
        if (admission instanceof Admission.Admitted<?> event) {
            admitted++;
            keep(record, (SpecificRecord) event.event());
        } else {
            refused++;
        }
    }

    private void keep(ConsumerRecord<byte[], byte[]> record, SpecificRecord event) {
        Position position = new Position(new Origin(record.topic(), record.partition()), record.offset());
        NaiveFold.Entry entry = new NaiveFold.Entry(position, record.timestamp(), event);
        for (View<?> view : views) {
            Map<String, List<NaiveFold.Entry>> byEntity = kept.get(view.name());
            NaiveFold.byEntity(view, List.of(entry)).keySet().stream()
                    .filter(sampled)
                    .forEach(entity -> byEntity.computeIfAbsent(entity, e -> new ArrayList<>())
                            .add(entry));
        }
    }

    /** The events of one entity of the sample, in the order in which they were read. */
    public List<NaiveFold.Entry> of(View<?> view, String entity) {
        return kept.get(view.name()).getOrDefault(entity, List.of());
    }

    /** The entities of the sample that the log knows of. */
    public Set<String> entities(View<?> view) {
        return new TreeSet<>(kept.get(view.name()).keySet());
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
