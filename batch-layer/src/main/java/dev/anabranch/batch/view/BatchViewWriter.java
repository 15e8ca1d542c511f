package dev.anabranch.batch.view;

import dev.anabranch.contract.BatchFooter;
import dev.anabranch.contract.BatchHeader;
import dev.anabranch.contract.BatchRow;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.view.ViewKeys;
import java.nio.ByteBuffer;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes the records of a batch-view topic. Nothing is certain before {@link #awaitAcknowledged} has returned; the
 * protocol's order is made of those calls.
 */
final class BatchViewWriter implements AutoCloseable {
    /** As large as a record of a platform topic may be: the row of a very busy entity. */
    private static final int LARGEST_REQUEST = 16 * 1024 * 1024;

    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    BatchViewWriter(String bootstrapServers, String view) {
        topic = Topics.batchView(view);
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 20);
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 * 1024);
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_REQUEST);
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    void headers(BatchHeader header) {
        inEveryPartition(ViewKeys.header(header.getGeneration()), Wire.BATCH_HEADER.encode(header));
    }

    void footers(BatchFooter footer) {
        inEveryPartition(ViewKeys.FOOTER, Wire.BATCH_FOOTER.encode(footer));
    }

    void removeHeaders(long generation) {
        inEveryPartition(ViewKeys.header(generation), null);
    }

    /** @param tiles as {@link dev.anabranch.view.Tiles#toBytes} gives them */
    void row(String entity, long generation, byte[] tiles) {
        BatchRow row = new BatchRow(generation, ByteBuffer.wrap(tiles));
        send(new ProducerRecord<>(topic, ViewKeys.row(entity), Wire.BATCH_ROW.encode(row)));
    }

    void removeRow(String entity) {
        send(new ProducerRecord<>(topic, ViewKeys.row(entity), null));
    }

    /** @throws KafkaException when one of the records sent so far was not acknowledged */
    void awaitAcknowledged() {
        producer.flush();
        throwFailure();
    }

    private void inEveryPartition(byte[] key, byte[] value) {
        int partitions = producer.partitionsFor(topic).size();
        for (int partition = 0; partition < partitions; partition++) {
            send(new ProducerRecord<>(topic, partition, key, value));
        }
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        throwFailure();
        producer.send(record, (metadata, exception) -> {
            if (exception != null) {
                failure.compareAndSet(null, exception);
            }
        });
    }

    private void throwFailure() {
        Exception cause = failure.get();
        if (cause != null) {
            throw new KafkaException("A record of " + topic + " was not acknowledged: " + cause.getMessage(), cause);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
