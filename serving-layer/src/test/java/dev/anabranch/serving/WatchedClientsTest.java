package dev.anabranch.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.contract.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class WatchedClientsTest {
    private static final String TOPIC = Topics.speedView("fraud.customer");
    private static final Duration WHOLE = Duration.ofMinutes(30);
    private static final long NOW = 1_700_000_000_000L;

    @Test
    void aRecordThatIsOlderThanATopicIsKeptWholeForIsLate() {
        assertThat(late(TimestampType.LOG_APPEND_TIME, NOW - WHOLE.toMillis())).isFalse();
        assertThat(late(TimestampType.LOG_APPEND_TIME, NOW - WHOLE.toMillis() - 1))
                .isTrue();
    }

    @Test
    void aTimeThatTheBrokerDidNotGiveSaysNothing() {
        assertThat(late(TimestampType.CREATE_TIME, 0)).isFalse();
    }

    @Test
    void noRecordIsLostWhenAPartitionWithoutACommittedOffsetIsAssignedWhileOthersAreRead() throws Exception {
        TestBroker broker = new TestBroker();
        try {
            String address = broker.start().get("anabranch.kafka.bootstrap-servers");
            write(address, 0, 200);
            for (int round = 0; round < 20; round++) {
                assertThat(readWhileAnotherIsAssigned(address, round))
                        .as("round %d", round)
                        .isEqualTo(LongStream.range(0, 200).boxed().toList());
            }
        } finally {
            broker.stop();
        }
    }

    /** The offsets handed out of partition 0, by a consumer that treats what it throws as Kafka Streams does. */
    private static List<Long> readWhileAnotherIsAssigned(String address, int round) {
        WatchedClients clients = new WatchedClients(
                new Consumption(), new Partitions(List.of(), RememberedSumsTest.NONE), WHOLE, Clock.systemUTC());
        List<Long> offsets = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer = clients.getConsumer(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                address,
                ConsumerConfig.GROUP_ID_CONFIG,
                "round-" + round,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                1))) {
            consumer.assign(List.of(partition(0)));
            consumer.seek(partition(0), 0);
            poll(consumer, Duration.ofSeconds(10), offsets);
            for (int others = 1; others < TestBroker.PARTITIONS; others++) {
                consumer.assign(IntStream.rangeClosed(0, others)
                        .mapToObj(each -> partition(each))
                        .toList());
                for (int polls = 0; polls < 50; polls++) {
                    poll(consumer, Duration.ZERO, offsets);
                }
            }
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> {
                        poll(consumer, Duration.ofMillis(100), offsets);
                        return consumer.position(partition(0)) == 200;
                    });
        }
        return offsets;
    }

    private static void poll(Consumer<byte[], byte[]> consumer, Duration timeout, List<Long> offsets) {
        try {
            consumer.poll(timeout).records(partition(0)).forEach(record -> offsets.add(record.offset()));
        } catch (InvalidOffsetException e) {
            consumer.seekToBeginning(e.partitions());
        }
    }

    private static void write(String address, int partition, int records) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, address),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(TOPIC, partition, new byte[] {1}, new byte[] {1}));
            }
            producer.flush();
        }
    }

    private static TopicPartition partition(int number) {
        return new TopicPartition(TOPIC, number);
    }

    private static boolean late(TimestampType type, long timestamp) {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                "t", 0, 0, timestamp, type, 0, 0, null, null, new RecordHeaders(), Optional.empty());
        return WatchedClients.late(record, WHOLE, NOW);
    }
}
