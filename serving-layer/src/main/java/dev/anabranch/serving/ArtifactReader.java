package dev.anabranch.serving;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Topics;
import dev.anabranch.model.LargeArtifacts;
import dev.anabranch.model.UnusableModelException;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jboss.logging.Logger;

/** Puts the artifacts together that are too large for the record of their version. */
@ApplicationScoped
class ArtifactReader {
    private static final Logger log = Logger.getLogger(ArtifactReader.class);
    private static final TopicPartition ARTIFACTS = new TopicPartition(Topics.ARTIFACTS, 0);
    private static final Duration POLL = Duration.ofSeconds(1);

    /** Some parts at a time: each answer of the broker is in memory beside the artifact. */
    private static final int FETCHED_AT_ONCE = 4 * LargeArtifacts.PART_BYTES;

    private final Kafka kafka;

    ArtifactReader(Kafka kafka) {
        this.kafka = kafka;
    }

    /**
     * A version as it was published, with its artifact. Blocks while that is read.
     *
     * @throws UnusableModelException when not all of it is there
     */
    ModelVersion whole(ModelVersion published) throws UnusableModelException {
        if (published.getParts() == null) {
            return published;
        }
        long begun = System.nanoTime();
        LargeArtifacts.Assembly assembly = new LargeArtifacts.Assembly(published);
        try (KafkaConsumer<String, ByteBuffer> consumer =
                new KafkaConsumer<>(settings(), new StringDeserializer(), new ByteBufferDeserializer())) {
            consumer.assign(List.of(ARTIFACTS));
            consumer.seek(ARTIFACTS, published.getParts().getFrom());
            long end = consumer.endOffsets(List.of(ARTIFACTS)).get(ARTIFACTS);
            while (!assembly.isComplete() && consumer.position(ARTIFACTS) < end) {
                for (ConsumerRecord<String, ByteBuffer> part : consumer.poll(POLL)) {
                    assembly.take(part.key(), part.value());
                }
            }
        }
        ModelVersion whole = assembly.whole();
        log.infof(
                "%s version %d has an artifact of %,d bytes in %d parts, put together in %d ms",
                published.getName(),
                published.getVersion(),
                published.getParts().getBytes(),
                published.getParts().getCount(),
                (System.nanoTime() - begun) / 1_000_000);
        return whole;
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = kafka.clientSettings();
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"); // compaction may have taken the first
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCHED_AT_ONCE);
        settings.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, -1); // as the system grows it: 64 KB is a call for each
        return settings;
    }
}
