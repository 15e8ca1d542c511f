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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Predicate;
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
 * Lets a log go on past the end of an archive whose log is lost. What is archived keeps its positions, so cuts, predictions and
 * models go on meaning what they say.
 *
 * <p>Each new partition is filled with empty records up to a whole block past the archive's cut, and they are deleted again. Not
 * the next block: what was lost had positions too, of a few seconds, and archived predictions may name them; no new event gets one
 * of those. The archive's cut moves to where the log begins, and one batch run has all of the archive in its views. Until then
 * a floor in each speed view says that what lies before is not there: answers are {@code "exact": false}, and say why.
 *
 * <p>First all is looked at, and refused where it does not fit; then come the floors, the filling, and the cuts last. Done
 * again it goes on where it was interrupted, and does nothing when it was not. Nothing else may run meanwhile but broker,
 * catalog and store.
 */
final class ContinuedLog {
    /** How many positions of a partition the events may have had that were lost: at most these are never used again. */
    static final long LOST = 1024 * Cut.BLOCK;

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BATCH_BYTES = 512 * 1024;

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
     * A topic that is to go on.
     *
     * @param table  its archive
     * @param cut    how far that goes
     * @param begins where each archived partition begins from now on
     */
    private record Continued(CutTable table, Cut cut, Map<Origin, Long> begins) {}

    /**
     * Continues every topic that is archived.
     *
     * @return the topics that were, with the offset that each partition begins at
     * @throws Problem when a topic is neither new nor the one that was archived, or has too few partitions; then nothing was
     *     done
     */
    Map<String, List<Long>> continueAll() throws InterruptedException {
        try {
            Map<String, Continued> topics = new TreeMap<>();
            for (Map.Entry<String, TableIdentifier> each : archived().entrySet()) {
                Optional<CutTable> table = lakehouse.find(each.getValue()).map(CutTable::new);
                if (table.isPresent()) {
                    Cut cut = table.get().cut();
                    Map<Origin, Long> begins = begins(each.getKey(), cut);
                    if (!begins.isEmpty()) {
                        topics.put(each.getKey(), new Continued(table.get(), cut, begins));
                    }
                }
            }
            writeFloors(topics.values());
            Map<String, List<Long>> continued = new TreeMap<>();
            for (Map.Entry<String, Continued> topic : topics.entrySet()) {
                for (Map.Entry<Origin, Long> begin : topic.getValue().begins().entrySet()) {
                    fill(new TopicPartition(topic.getKey(), begin.getKey().partition()), begin.getValue());
                }
                continued.put(
                        topic.getKey(), List.copyOf(topic.getValue().begins().values()));
            }
            topics.forEach((topic, each) -> {
                if (!each.table().append(List.of(), each.cut(), each.begins())) {
                    throw new Problem("Somebody else moves the archive of " + topic + "; nothing may run yet");
                }
            });
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
    private Map<Origin, Long> begins(String topic, Cut cut) throws ExecutionException, InterruptedException {
        int partitions = partitions(topic);
        Cut letters = lakehouse
                .find(EventTables.DEAD_LETTERS)
                .map(table -> new CutTable(table).cut())
                .orElse(Cut.NOTHING);
        Map<Origin, Long> begins = new TreeMap<>();
        // Where refused records came last, or nothing else ever came, their cut is the greater one.
        for (Map.Entry<Origin, Long> end :
                cut.union(letters).onlyTopics(List.of(topic)).origins().entrySet()) {
            Origin origin = end.getKey();
            if (origin.partition() >= partitions) {
                throw new Problem("Topic " + topic + " must have partition " + origin.partition()
                        + ", which is archived; it has " + partitions + " partitions (anabranch.partitions)");
            }
            long begin = (Math.floorDiv(end.getValue() + LOST, Cut.BLOCK) + 1) * Cut.BLOCK;
            if (isNew(new TopicPartition(topic, origin.partition()), cut.before(origin), begin)) {
                begins.put(origin, begin);
            }
        }
        return begins;
    }

    /**
     * Whether a partition has never held an event; otherwise it is the one that was archived.
     *
     * @param begin where it is to begin, where it may begin already
     */
    private boolean isNew(TopicPartition partition, long cut, long begin)
            throws ExecutionException, InterruptedException {
        long first = offset(partition, OffsetSpec.earliest());
        long reached = offset(partition, OffsetSpec.latest());
        boolean isFilled = first == begin && reached == begin;
        if (reached == 0 || isFilled || isFilling(partition, first, reached)) {
            return true;
        }
        if (first > cut || cut > reached) {
            throw new Problem("Topic " + partition.topic() + " must be new, or the one that was archived up to offset "
                    + cut + " of partition " + partition.partition() + "; it holds offsets " + first + " to "
                    + reached);
        }
        return false;
    }

    private void fill(TopicPartition partition, long begin) throws ExecutionException, InterruptedException {
        write(partition, begin - offset(partition, OffsetSpec.latest()));
        long reached = offset(partition, OffsetSpec.latest());
        if (reached != begin) {
            throw new Problem("Somebody else writes to " + partition + ": it must end at " + begin + " and ends at "
                    + reached + "; nothing may run yet");
        }
        admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(begin)))
                .all()
                .get();
    }

    /** As far as it comes: who goes on with a filling that was interrupted begins where it ends. */
    void write(TopicPartition partition, long records) {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (long i = 0; i < records; i++) {
                ProducerRecord<byte[], byte[]> empty =
                        new ProducerRecord<>(partition.topic(), partition.partition(), null, null);
                if (i == 0) {
                    empty.headers().add(FILLING, new byte[0]);
                }
                producer.send(empty); // that all have come, the offset says
            }
            producer.flush();
        }
    }

    /** Whether a partition holds what {@link #write} wrote, as far as it came: only that begins so at offset 0. */
    private boolean isFilling(TopicPartition partition, long begin, long reached) {
        List<ConsumerRecord<byte[], byte[]>> first = begin == 0 ? upTo(partition, reached, record -> true) : List.of();
        return !first.isEmpty() && first.get(0).headers().lastHeader(FILLING) != null;
    }

    /** The records of a partition up to the first that is {@code last}; all of them when none is. */
    private List<ConsumerRecord<byte[], byte[]>> upTo(
            TopicPartition partition, long reached, Predicate<ConsumerRecord<byte[], byte[]>> last) {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                10); // a consumer that has read to the end waits as long again to close
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.position(partition) < reached) { // markers of transactions are passed, not given
                if (System.nanoTime() > deadline) {
                    throw new Problem("What " + partition + " begins with could not be read within " + PATIENCE);
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    records.add(record);
                    if (last.test(record)) {
                        return records;
                    }
                }
            }
        }
        return records;
    }

    /** Cells of what lies before are nowhere, and whoever reads a speed view before there is a generation must know. */
    private void writeFloors(Collection<Continued> topics) throws ExecutionException, InterruptedException {
        Cut begins = Cut.NOTHING;
        for (Continued topic : topics) {
            for (Map.Entry<Origin, Long> begin : topic.begins().entrySet()) {
                begins = begins.with(begin.getKey(), begin.getValue());
            }
        }
        List<ProducerRecord<byte[], byte[]>> floors = new ArrayList<>();
        for (View<?> view : UseCases.views()) {
            Cut floor = begins.onlyTopics(view.topics());
            if (!floor.equals(Cut.NOTHING)) {
                String topic = Topics.speedView(view.name());
                int partitions = partitions(topic);
                for (int number = 0; number < partitions; number++) {
                    Cut raised = announced(new TopicPartition(topic, number)).union(floor);
                    byte[] value = Wire.SPEED_FLOOR.encode(new SpeedFloor(Cuts.write(raised)));
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

    /**
     * The floor that an earlier attempt announced. It names topics that this one takes for what was archived, because it was
     * interrupted when it had moved the archives of some. Signs of life of who started too early may be there, too.
     *
     * @throws Problem when there are cells
     */
    private Cut announced(TopicPartition speed) throws ExecutionException, InterruptedException {
        Cut announced = Cut.NOTHING;
        long reached = offset(speed, OffsetSpec.latest());
        for (ConsumerRecord<byte[], byte[]> record : upTo(speed, reached, each -> !ViewKeys.isControl(each.key()))) {
            if (!ViewKeys.isControl(record.key())) {
                throw new Problem(
                        "Topic " + speed.topic() + " must be new where the events it is made of are; partition "
                                + speed.partition() + " holds cells of another log");
            }
            if (Arrays.equals(record.key(), ViewKeys.FLOOR) && record.value() != null) {
                announced = Cuts.read(Wire.SPEED_FLOOR.decode(record.value()).getCut());
            }
        }
        return announced;
    }

    private int partitions(String topic) throws ExecutionException, InterruptedException {
        return admin.describeTopics(List.of(topic))
                .topicNameValues()
                .get(topic)
                .get()
                .partitions()
                .size();
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
