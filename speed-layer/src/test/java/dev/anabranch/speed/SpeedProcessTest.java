package dev.anabranch.speed;

import static dev.anabranch.fraud.FraudEvents.TRANSACTION;
import static dev.anabranch.fraud.FraudViews.CUSTOMER;
import static dev.anabranch.fraud.FraudViews.TERMINAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.contract.BatchFooter;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.SpeedCell;
import dev.anabranch.contract.SpeedFloor;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Origin;
import dev.anabranch.view.ViewKeys;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What whoever runs the process sees of it: how it starts, what it refuses, how it stops. */
class SpeedProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path state;

    @Test
    void withoutABrokerItSaysSoInOneLineAndEnds() throws Exception {
        SpeedProcess speed = SpeedProcess.start(
                state, "-Danabranch.kafka.bootstrap-servers=127.0.0.1:1", "-Danabranch.speed.start-timeout=PT1S");
        assertThat(speed.awaitExit()).isEqualTo(1);
        assertThat(speed.output())
                .contains("The speed layer cannot start: No Kafka broker answered at 127.0.0.1:1 within PT1S")
                .doesNotContain("\tat ");
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            SpeedProcess speed = SpeedProcess.start(state, "-Danabranch.status.port=" + taken.getLocalPort());
            assertThat(speed.awaitExit()).isEqualTo(1);
            assertThat(speed.output())
                    .contains("The speed layer cannot start: Cannot listen on 127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void wrongSettingsAreAllNamedAtOnce() throws Exception {
        SpeedProcess speed =
                SpeedProcess.start(state, "-Danabranch.speed.store=tape", "-Danabranch.speed.commit-interval=soon");
        assertThat(speed.awaitExit()).isEqualTo(1);
        assertThat(speed.output()).contains("anabranch.speed.store", "anabranch.speed.commit-interval");
    }

    @Test
    void itRunsTheUseCasesItIsToldAndNamesOneThatIsNotThere() throws Exception {
        SpeedProcess speed = SpeedProcess.start(state, "-Danabranch.speed.use-cases=fraud,tide");
        assertThat(speed.awaitExit()).isEqualTo(1);
        assertThat(speed.output())
                .contains("anabranch.speed.use-cases must name some of [", "fraud", "got 'tide'")
                .doesNotContain("\tat ");

        try (TestBroker broker = new TestBroker()) {
            speed = SpeedProcess.start(
                    state,
                    "-Danabranch.kafka.bootstrap-servers=" + broker.bootstrapServers(),
                    "-Danabranch.speed.use-cases=recommendation",
                    "-Danabranch.speed.start-timeout=PT2S");
            assertThat(speed.awaitExit()).isEqualTo(1);
            assertThat(speed.output()).contains("events.interaction").doesNotContain(TRANSACTION.topic());
        }
    }

    @Test
    void topicsThatAreMissingOrOfTheWrongSizeAreNamed() throws Exception {
        try (TestBroker broker = new TestBroker()) {
            broker.create(List.of(new NewTopic(TRANSACTION.topic(), TestBroker.PARTITIONS, (short) 1)));
            SpeedProcess speed = SpeedProcess.start(
                    state,
                    "-Danabranch.kafka.bootstrap-servers=" + broker.bootstrapServers(),
                    "-Danabranch.speed.start-timeout=PT2S");
            assertThat(speed.awaitExit()).isEqualTo(1);
            assertThat(speed.output())
                    .contains(
                            "must have the topics events.fraud-label, events.fraud-outcome, events.fraud-example, view.fraud.customer.batch")
                    .doesNotContain("events.transaction,");

            speed = SpeedProcess.start(
                    state,
                    "-Danabranch.kafka.bootstrap-servers=" + broker.bootstrapServers(),
                    "-Danabranch.partitions=3");
            assertThat(speed.awaitExit()).isEqualTo(1);
            assertThat(speed.output())
                    .contains("Topic events.transaction must have 3 partitions, as anabranch.partitions says, got 2");
        }
    }

    @Test
    void modelsAreSwappedWhileItRunsAndAnUnusableOneChangesNothing() throws Exception {
        try (TestBroker broker = new TestBroker()) {
            broker.createTopics();
            SpeedProcess speed = SpeedProcess.start(broker, state);
            try (Producer<byte[], byte[]> producer = producer(broker)) {
                speed.awaitReady();
                pay(producer, "none");
                await().atMost(PATIENCE)
                        .until(() -> !broker.readCommitted(Topics.speedView(TERMINAL.name())).stream()
                                .filter(r -> !ViewKeys.isControl(r.key()))
                                .toList()
                                .isEmpty());

                broker.publish(Topics.MODELS, "fraud", Wire.MODEL_VERSION.encode(Models.version(1)));
                awaitScoredBy(broker, producer, 1);
                ModelVersion damaged = ModelVersion.newBuilder(Models.version(2))
                        .setArtifact(ByteBuffer.wrap(new byte[] {1, 2, 3}))
                        .build();
                broker.publish(Topics.MODELS, "fraud", Wire.MODEL_VERSION.encode(damaged));
                broker.publish(Topics.MODELS, "fraud", Rig.bytes("no Avro"));
                await().atMost(PATIENCE)
                        .untilAsserted(
                                () -> assertThat(speed.metrics()).containsPattern("models_unusable_total\\{.*} 2.0"));
                assertThat(speed.output()).contains("The artifact of fraud version 2 must have SHA-256");
                awaitScoredBy(broker, producer, 1);
                broker.publish(Topics.MODELS, "fraud", Wire.MODEL_VERSION.encode(Models.version(3)));
                awaitScoredBy(broker, producer, 3);
                assertThat(predictions(broker))
                        .extracting(Prediction::getEventId)
                        .doesNotContain("none");
            } finally {
                speed.kill();
            }
        }
    }

    /** Payments until one is scored by the version. */
    private static void awaitScoredBy(TestBroker broker, Producer<byte[], byte[]> producer, long version) {
        String prefix = "v" + version + "-" + System.nanoTime() + "-";
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> {
            pay(producer, prefix + System.nanoTime());
            return predictions(broker).stream()
                    .anyMatch(p -> p.getEventId().startsWith(prefix) && p.getModelVersion() == version);
        });
    }

    @Test
    void aFooterThatWasReadBeforeACrashPrunesAtTheNextStartAndCellsOnDiskAreTheSame() throws Exception {
        try (TestBroker broker = new TestBroker();
                Producer<byte[], byte[]> producer = producer(broker)) {
            broker.createTopics();
            String[] onDisk = {
                "-Danabranch.kafka.bootstrap-servers=" + broker.bootstrapServers(),
                "-Danabranch.speed.instance=one",
                "-Danabranch.speed.store=rocksdb"
            };
            SpeedProcess speed = SpeedProcess.start(state, onDisk);
            try {
                speed.awaitReady();
                pay(producer, "t1");
                await().atMost(PATIENCE).until(() -> cells(broker).size() == 1);

                // All of the first block goes, by the cut of the generation before.
                Cut floor = Cut.of(Map.of(
                        new Origin(TRANSACTION.topic(), 0), Cut.BLOCK, new Origin(TRANSACTION.topic(), 1), Cut.BLOCK));
                byte[] footer = Wire.BATCH_FOOTER.encode(new BatchFooter(2L, Cuts.write(floor)));
                for (int p = 0; p < TestBroker.PARTITIONS; p++) {
                    producer.send(new ProducerRecord<>(Topics.batchView(CUSTOMER.name()), p, ViewKeys.FOOTER, footer));
                }
                await().atMost(PATIENCE).until(() -> cells(broker).isEmpty());

                // Someone puts the floors back: only what was restored can tell the next start to raise them.
                speed.kill();
                byte[] nothing = Wire.SPEED_FLOOR.encode(new SpeedFloor(List.of()));
                for (int p = 0; p < TestBroker.PARTITIONS; p++) {
                    producer.send(new ProducerRecord<>(Topics.speedView(CUSTOMER.name()), p, ViewKeys.FLOOR, nothing));
                }
                speed = SpeedProcess.start(state, onDisk);
                speed.awaitReady();
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(broker.readCommitted(Topics.speedView(CUSTOMER.name())).stream()
                                        .filter(r -> Arrays.equals(r.key(), ViewKeys.FLOOR))
                                        .map(r -> Cuts.read(Wire.SPEED_FLOOR
                                                .decode(r.value())
                                                .getCut()))
                                        .toList())
                                .as("where it begins, and what was pruned; put back; pruned again")
                                .containsExactlyInAnyOrder(
                                        Cut.NOTHING,
                                        Cut.NOTHING,
                                        floor,
                                        floor,
                                        Cut.NOTHING,
                                        Cut.NOTHING,
                                        floor,
                                        floor));
            } finally {
                speed.kill();
            }
        }
    }

    @Test
    void anEventThatWasFoldedBeforeStopsTheProcessWithBothOffsets() throws Exception {
        try (TestBroker broker = new TestBroker();
                Producer<byte[], byte[]> producer = producer(broker)) {
            broker.createTopics();
            SpeedProcess speed = SpeedProcess.start(broker, state);
            try {
                speed.awaitReady();
                producer.send(payment("t1", 7)).get();
                await().atMost(PATIENCE).until(() -> cells(broker).size() == 1);
                assertThat(speed.terminate()).isEqualTo(143);

                // As a writer without fencing would leave it: the cell is ahead of the committed position.
                ConsumerRecord<byte[], byte[]> cell = cells(broker).get(0);
                SpeedCell ahead = SpeedCell.newBuilder(Wire.SPEED_CELL.decode(cell.value()))
                        .setLastOffset(900)
                        .build();
                producer.send(new ProducerRecord<>(
                                cell.topic(), cell.partition(), cell.key(), Wire.SPEED_CELL.encode(ahead)))
                        .get();
                producer.send(payment("t1", 7)).get();

                speed = SpeedProcess.start(broker, state);
                assertThat(speed.awaitExit()).isEqualTo(2);
                assertThat(speed.output())
                        .contains("The stream of fraud stopped: Cell")
                        .contains(
                                "of fraud.customer holds events up to offset 900 and must be given later ones, got 1");
            } finally {
                speed.kill();
            }
        }
    }

    private static Producer<byte[], byte[]> producer(TestBroker broker) {
        return new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static void pay(Producer<byte[], byte[]> producer, String id) {
        producer.send(payment(id, System.currentTimeMillis()));
        producer.flush();
    }

    private static ProducerRecord<byte[], byte[]> payment(String id, long atMillis) {
        Transaction payment = new Transaction(id, atMillis, "c-1", "w-1", 500L);
        return new ProducerRecord<>(TRANSACTION.topic(), Rig.bytes("c-1"), TRANSACTION.encode(payment));
    }

    /** What the customers' speed view holds now, control records aside. */
    private static List<ConsumerRecord<byte[], byte[]>> cells(TestBroker broker) {
        Map<ByteBuffer, ConsumerRecord<byte[], byte[]>> latest = new LinkedHashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : broker.readCommitted(Topics.speedView(CUSTOMER.name()))) {
            if (!ViewKeys.isControl(record.key())) {
                latest.put(ByteBuffer.wrap(record.key()), record);
            }
        }
        return latest.values().stream().filter(r -> r.value() != null).toList();
    }

    private static List<Prediction> predictions(TestBroker broker) {
        return broker.readCommitted(Topics.predictions("fraud")).stream()
                .map(r -> Wire.PREDICTION.decode(r.value()))
                .toList();
    }
}
