package dev.anabranch.benchmarks.growth;

import dev.anabranch.contract.BatchFooter;
import dev.anabranch.contract.BatchHeader;
import dev.anabranch.contract.NumberedWire;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Tiles;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Generations of a view, published as the batch layer does it: headers, rows and footers in every partition of its topic. The rows
 * are of customers with a few tiles each.
 */
final class PublishedGenerations implements AutoCloseable {
    /** Their bytes are drawn once: who publishes shares the cores with who is measured. */
    private static final int DIFFERENT_ROWS = 1_000;

    private static final int TILES = 4;
    private static final long NOW = 1_750_000_000_000L;
    private static final long PAST = Duration.ofDays(30).toMillis();

    private final View<CustomerActivity> view;
    private final int entities;
    private final int partitions;
    private final KafkaProducer<byte[], byte[]> producer;
    private final List<byte[]> tiles = new ArrayList<>();
    private long number;

    /** @param entities how many the view is about */
    PublishedGenerations(
            String bootstrapServers,
            View<CustomerActivity> view,
            int entities,
            int partitions,
            SplittableRandom random) {
        this.view = view;
        this.entities = entities;
        this.partitions = partitions;
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.LINGER_MS_CONFIG,
                        20,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        256 * 1024,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        for (int i = 0; i < DIFFERENT_ROWS; i++) {
            TreeMap<Long, CustomerActivity> byStart = new TreeMap<>();
            while (byStart.size() < TILES) {
                byStart.put(NOW - random.nextLong(PAST), new CustomerActivity(1, random.nextInt(9_999)));
            }
            tiles.add(Tiles.of(view, byStart).toBytes());
        }
    }

    /** Publishes the next one; when it returns, the broker has it. */
    void publish(int changed) {
        number++;
        BatchHeader header = new BatchHeader(view.name(), number, Cuts.write(Cut.NOTHING), 0L, view.fingerprint(), NOW);
        inEveryPartition(ViewKeys.header(number), Wire.BATCH_HEADER.encode(header));
        producer.flush();
        String topic = Topics.batchView(view.name());
        for (int i = 0; i < changed; i++) {
            String entity = "c-" + (long) i * entities / changed; // evenly spread
            byte[] row = NumberedWire.BATCH_ROW.write(number, tiles.get((int) ((i + number) % DIFFERENT_ROWS)));
            producer.send(new ProducerRecord<>(topic, ViewKeys.row(entity), row));
        }
        producer.flush();
        BatchFooter footer = new BatchFooter(number, Cuts.write(Cut.NOTHING));
        inEveryPartition(ViewKeys.FOOTER, Wire.BATCH_FOOTER.encode(footer));
        producer.flush();
    }

    private void inEveryPartition(byte[] key, byte[] value) {
        for (int partition = 0; partition < partitions; partition++) {
            producer.send(new ProducerRecord<>(Topics.batchView(view.name()), partition, key, value));
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
