package dev.anabranch.local;

import dev.anabranch.contract.SpeedFloor;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.CutTable;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.usecase.UseCases;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Origin;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Lets a log begin where an archive ends: for an archive whose log is lost. Positions stay what they were, so cuts, predictions
 * and models go on meaning what they say.
 *
 * <p>Each new partition is filled with empty records up to the first whole block past the archive's cut, and they are deleted
 * again: what comes next has the offset that it would have had. Nothing was ever said between cut and block, so the archive's cut
 * moves there, and one batch run has all of the archive in its views. Until then a floor in each speed view says that what lies
 * before is not there: answers are {@code "exact": false}, and say why.
 *
 * <p>Done twice it does nothing the second time, and goes on where the first was interrupted. It is done before anything else
 * reads or writes these topics.
 */
final class ContinuedLog {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BATCH_BYTES = 512 * 1024;
    private static final int SOME = 100;

    /** So that a log that was filled in part is told from one that something was written to. */
    private static final String FILLING = "anabranch-filling";

    private final Lakehouse lakehouse;
    private final Admin admin;
    private final String bootstrapServers;

    ContinuedLog(Lakehouse lakehouse, Admin admin, String bootstrapServers) {
        this.lakehouse = lakehouse;
        this.admin = admin;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * Continues every topic that is archived.
     *
     * @return the topics that were, with the offset that each partition begins at
     * @throws Problem when a topic is neither new nor the one that was archived, or has too few partitions
     */
    Map<String, List<Long>> continueAll() throws InterruptedException {
        Map<String, List<Long>> continued = new TreeMap<>();
        try {
            Cut begins = Cut.NOTHING;
            Map<CutTable, Map<Origin, Long>> moved = new LinkedHashMap<>();
            for (Map.Entry<String, TableIdentifier> each : archived().entrySet()) {
                CutTable table =
                        lakehouse.find(each.getValue()).map(CutTable::new).orElse(null);
                Map<Origin, Long> to = table == null ? Map.of() : fill(each.getKey(), table.cut());
                if (!to.isEmpty()) {
                    moved.put(table, to);
                    continued.put(each.getKey(), List.copyOf(new TreeMap<>(to).values()));
                    for (Map.Entry<Origin, Long> origin : to.entrySet()) {
                        begins = begins.with(origin.getKey(), origin.getValue());
                    }
                }
            }
            writeFloors(begins);
            moved.forEach((table, to) -> table.append(List.of(), table.cut(), to)); // last: it says that all is done
            return continued;
        } catch (ExecutionException e) {
            throw new Problem("The broker refused: " + e.getCause().getMessage(), e);
        }
    }

    private static Map<String, TableIdentifier> archived() {
        Map<String, TableIdentifier> archived = new TreeMap<>();
        for (UseCase useCase : UseCases.all()) {
            for (EventType<?> type : useCase.events()) {
                archived.put(type.topic(), EventTables.identifier(type));
            }
            archived.put(Topics.predictions(useCase.name()), EventTables.predictionsIdentifier(useCase.name()));
        }
        return archived;
    }

    /** @return where partitions begin that are new; those that hold what was archived are left alone */
    private Map<Origin, Long> fill(String topic, Cut cut) throws ExecutionException, InterruptedException {
        int partitions = admin.describeTopics(List.of(topic))
                .topicNameValues()
                .get(topic)
                .get()
                .partitions()
                .size();
        Map<Origin, Long> begins = new TreeMap<>();
        for (Map.Entry<Origin, Long> end :
                cut.onlyTopics(List.of(topic)).origins().entrySet()) {
            int number = end.getKey().partition();
            if (number >= partitions) {
                throw new Problem("Topic " + topic + " must have partition " + number + ", which is archived; it has "
                        + partitions + " partitions (anabranch.partitions)");
            }
            TopicPartition partition = new TopicPartition(topic, number);
            long begin = offset(partition, OffsetSpec.earliest());
            long reached = offset(partition, OffsetSpec.latest());
            boolean isTheOneArchived =
                    begin <= end.getValue() && end.getValue() <= reached && !isFilling(partition, begin, reached);
            if (!isTheOneArchived) {
                begins.put(end.getKey(), fill(partition, end.getValue(), begin, reached));
            }
        }
        return begins;
    }

    private long fill(TopicPartition partition, long cut, long begin, long reached)
            throws ExecutionException, InterruptedException {
        long goal = -Math.floorDiv(-cut, Cut.BLOCK) * Cut.BLOCK; // rounded up
        boolean isFilled = begin == goal && reached == goal;
        boolean isNew = reached == 0 || isFilling(partition, begin, reached);
        if (!isFilled && !isNew) {
            throw new Problem("Topic " + partition.topic() + " must be new, or the one that was archived up to offset "
                    + cut + " of partition " + partition.partition() + "; it holds offsets " + begin + " to "
                    + reached);
        }
        if (!isFilled) {
            write(partition, goal - reached);
            long end = offset(partition, OffsetSpec.latest());
            if (end != goal) {
                throw new Problem("Somebody else writes to " + partition + ": it must end at " + goal + " and ends at "
                        + end + "; nothing may run yet");
            }
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(goal)))
                    .all()
                    .get();
        }
        return goal;
    }

    private void write(TopicPartition partition, long records) {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (long i = 0; i < records; i++) {
                ProducerRecord<byte[], byte[]> empty =
                        new ProducerRecord<>(partition.topic(), partition.partition(), null, null);
                if (i == 0 || i == records - 1) {
                    empty.headers().add(FILLING, new byte[0]);
                }
                producer.send(empty);
            }
            producer.flush();
        }
    }

    /** Whether a partition holds what {@link #write} wrote, as far as it came: only that begins so at offset 0. */
    private boolean isFilling(TopicPartition partition, long begin, long reached) {
        List<ConsumerRecord<byte[], byte[]>> first = begin == 0 ? first(partition, reached, 1) : List.of();
        return !first.isEmpty() && first.get(0).headers().lastHeader(FILLING) != null;
    }

    /** The first records of a partition, fewer than {@code most} when it ends before. */
    private List<ConsumerRecord<byte[], byte[]>> first(TopicPartition partition, long reached, int most) {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                most);
        List<ConsumerRecord<byte[], byte[]>> first = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (first.size() < most && consumer.position(partition) < reached) { // markers are passed, not given
                if (System.nanoTime() > deadline) {
                    throw new Problem("What " + partition + " begins with could not be read within " + PATIENCE);
                }
                consumer.poll(Duration.ofMillis(200)).forEach(first::add);
            }
        }
        return first;
    }

    /** Cells of what lies before are nowhere, and whoever reads a speed view before there is a generation must know. */
    private void writeFloors(Cut begins) throws ExecutionException, InterruptedException {
        List<ProducerRecord<byte[], byte[]>> floors = new ArrayList<>();
        for (View<?> view : UseCases.views()) {
            Cut floor = begins.onlyTopics(view.topics());
            if (!floor.equals(Cut.NOTHING)) {
                String topic = Topics.speedView(view.name());
                byte[] value = Wire.SPEED_FLOOR.encode(new SpeedFloor(Cuts.write(floor)));
                int partitions = admin.describeTopics(List.of(topic))
                        .topicNameValues()
                        .get(topic)
                        .get()
                        .partitions()
                        .size();
                for (int number = 0; number < partitions; number++) {
                    requireNoCells(new TopicPartition(topic, number));
                    floors.add(new ProducerRecord<>(topic, number, ViewKeys.FLOOR, value));
                }
            }
        }
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            List<Future<RecordMetadata>> written =
                    floors.stream().map(producer::send).toList();
            for (Future<RecordMetadata> each : written) {
                each.get();
            }
        }
    }

    /** Floors that an earlier attempt wrote may be there, and nothing else. */
    private void requireNoCells(TopicPartition speed) throws ExecutionException, InterruptedException {
        long reached = offset(speed, OffsetSpec.latest());
        for (ConsumerRecord<byte[], byte[]> record : first(speed, reached, SOME)) {
            if (!Arrays.equals(record.key(), ViewKeys.FLOOR)) {
                throw new Problem(
                        "Topic " + speed.topic() + " must be new where the events it is made of are; partition "
                                + speed.partition() + " holds cells of another log");
            }
        }
    }

    private long offset(TopicPartition partition, OffsetSpec which) throws ExecutionException, InterruptedException {
        return admin.listOffsets(Map.of(partition, which))
                .partitionResult(partition)
                .get()
                .offset();
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        true,
                        ProducerConfig.LINGER_MS_CONFIG,
                        5,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        BATCH_BYTES,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }
}
