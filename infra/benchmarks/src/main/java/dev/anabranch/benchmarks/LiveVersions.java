package dev.anabranch.benchmarks;

import dev.anabranch.contract.ModelKey;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.local.Problem;
import dev.anabranch.model.LargeArtifacts;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Makes versions live by their records alone, as the layers follow them: where no promotion is measured, no registry is needed. */
public final class LiveVersions implements AutoCloseable {
    /** Taken hold of before any version is copied: Avro trusts no package whose records it has not been told of. */
    private static final Wire<ModelVersion> WIRE = Wire.MODEL_VERSION;

    private final KafkaProducer<String, byte[]> producer;

    public LiveVersions(String bootstrapServers) {
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        2 * LargeArtifacts.RECORD_BYTES),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    /** Returns when the record of the version is acknowledged, after its parts. */
    public void publish(ModelVersion version) {
        ModelVersion published = LargeArtifacts.parted(
                version, (key, part) -> written(new ProducerRecord<>(Topics.ARTIFACTS, key, part)));
        String key = ModelKey.live(version.getName()).toString();
        written(new ProducerRecord<>(Topics.MODELS, key, WIRE.encode(published)));
    }

    private long written(ProducerRecord<String, byte[]> record) {
        try {
            return producer.send(record).get().offset();
        } catch (ExecutionException e) {
            throw new Problem("A record must be written to " + record.topic() + ": " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem("Interrupted while a record was written to " + record.topic(), e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
