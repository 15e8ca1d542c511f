package dev.anabranch.serving;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Topics;
import dev.anabranch.model.LargeArtifacts;
import dev.anabranch.model.ServedModel;
import dev.anabranch.model.UnusableModelException;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jboss.logging.Logger;

/** Makes models of versions, and puts their artifacts together where they are too large for the record. */
@ApplicationScoped
class ArtifactReader {
    private static final Logger log = Logger.getLogger(ArtifactReader.class);
    static final TopicPartition ARTIFACTS = new TopicPartition(Topics.ARTIFACTS, 0);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final String FIRST_THERE_IS = "earliest"; // compaction may have taken the first there was
    private static final Duration FETCH = Duration.ofMillis(500);

    /** A few parts: an answer of the broker is in memory beside the artifact, and the last one stays there. */
    private static final int FETCHED_AT_ONCE = 4 * (LargeArtifacts.PART_BYTES + 1024); // with digest, key and header

    private final Kafka kafka;
    private final ComingArtifacts coming;

    ArtifactReader(Kafka kafka, ComingArtifacts coming) {
        this.kafka = kafka;
        this.coming = coming;
    }

    /**
     * A version as it was published, as a model. Blocks while its artifact is read.
     *
     * @throws UnusableModelException when not all of it is there, or it does not do what its record says
     */
    ServedModel load(ModelUse use, ModelVersion published) throws UnusableModelException {
        if (published.getParts() == null) {
            return use.load(published);
        }
        Optional<ServedModel> made = coming.take(published);
        return made.isPresent() ? made.get() : use.load(whole(published));
    }

    private ModelVersion whole(ModelVersion published) throws UnusableModelException {
        long begun = System.nanoTime();
        LargeArtifacts.Assembly assembly = new LargeArtifacts.Assembly(published);
        try (KafkaConsumer<String, ByteBuffer> consumer = consumer(kafka, FETCH, FIRST_THERE_IS)) {
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

    /**
     * A reader of the topic of artifacts.
     *
     * @param fetch how long the broker waits for a part before it says that there is none
     * @param reset where it goes on when what it wants is not there, as Kafka calls it
     */
    static KafkaConsumer<String, ByteBuffer> consumer(Kafka kafka, Duration fetch, String reset) {
        Map<String, Object> settings = kafka.clientSettings();
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, reset);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCHED_AT_ONCE);
        settings.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, -1); // as the system grows it: 64 KB is a call for each
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) fetch.toMillis());
        KafkaConsumer<String, ByteBuffer> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteBufferDeserializer());
        consumer.assign(List.of(ARTIFACTS));
        return consumer;
    }
}
