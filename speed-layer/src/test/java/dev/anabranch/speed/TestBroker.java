package dev.anabranch.speed;

import dev.anabranch.contract.Topics;
import dev.anabranch.event.EventType;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.usecase.UseCases;
import dev.anabranch.view.View;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;

/** A real broker in this JVM, with the topics of a use case as the platform makes them. */
final class TestBroker implements AutoCloseable {
    static final int PARTITIONS = 2;

    private final KafkaClusterTestKit kit;

    TestBroker() throws Exception {
        kit = new KafkaClusterTestKit.Builder(new TestKitNodes.Builder()
                        .setCombined(true)
                        .setNumBrokerNodes(1)
                        .setNumControllerNodes(1)
                        .build())
                .setConfigProp("auto.create.topics.enable", "false")
                .setConfigProp("group.initial.rebalance.delay.ms", "0")
                .setConfigProp("offsets.topic.num.partitions", "1")
                .setConfigProp("offsets.topic.replication.factor", "1")
                .setConfigProp("transaction.state.log.num.partitions", "2")
                .setConfigProp("transaction.state.log.replication.factor", "1")
                .setConfigProp("transaction.state.log.min.isr", "1")
                .build();
        kit.format();
        kit.startup();
        kit.waitForReadyBrokers();
    }

    String bootstrapServers() {
        return kit.bootstrapServers();
    }

    /** The topics of every use case: a process of the speed layer waits for all of them. */
    void createTopics() throws ExecutionException, InterruptedException {
        Map<String, String> log = Map.of("message.timestamp.type", "LogAppendTime");
        Map<String, String> compacted = Map.of("cleanup.policy", "compact");
        List<NewTopic> topics = new ArrayList<>();
        topics.add(new NewTopic(Topics.MODELS, 1, (short) 1).configs(compacted));
        topics.add(new NewTopic(Topics.LEARNT, 1, (short) 1).configs(compacted));
        for (UseCase useCase : UseCases.all()) {
            for (EventType<?> type : useCase.events()) {
                topics.add(new NewTopic(type.topic(), PARTITIONS, (short) 1).configs(log));
            }
            for (View<?> view : useCase.views()) {
                topics.add(new NewTopic(Topics.batchView(view.name()), PARTITIONS, (short) 1).configs(compacted));
                topics.add(new NewTopic(Topics.speedView(view.name()), PARTITIONS, (short) 1).configs(compacted));
            }
            topics.add(new NewTopic(Topics.predictions(useCase.name()), PARTITIONS, (short) 1).configs(log));
        }
        create(topics);
    }

    void create(List<NewTopic> topics) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            admin.createTopics(topics).all().get();
        }
    }

    /** Under which names there were transactions. */
    List<String> transactionalIds() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            return admin.listTransactions().all().get().stream()
                    .map(TransactionListing::transactionalId)
                    .toList();
        }
    }

    Producer<byte[], byte[]> transactionalProducer(String id) {
        Producer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers(),
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        id),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        return producer;
    }

    void publish(String topic, String key, byte[] value) throws ExecutionException, InterruptedException {
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, Rig.bytes(key), value)).get();
        }
    }

    /** Everything committed to the topic so far, partition by partition. */
    List<ConsumerRecord<byte[], byte[]>> readCommitted(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(
                            0, consumer.partitionsFor(topic).size())
                    .mapToObj(p -> new TopicPartition(topic, p))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }

    @Override
    public void close() throws Exception {
        kit.close();
    }
}
