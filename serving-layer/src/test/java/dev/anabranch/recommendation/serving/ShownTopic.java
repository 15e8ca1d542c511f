package dev.anabranch.recommendation.serving;

import dev.anabranch.contract.Wire;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.recommendation.Shown;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The log of answers. */
final class ShownTopic {
    private ShownTopic() {}

    /** All answers that were written down so far. */
    static List<Shown> read(String bootstrapServers) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(RecommendationEvents.SHOWN.topic()).stream()
                    .map(of -> new TopicPartition(of.topic(), of.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<Shown> shown = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(record -> shown.add(Wire.of(Shown.class).decode(record.value())));
            }
            return shown;
        }
    }
}
