package dev.anabranch.fraud.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.anabranch.event.Admission;
import dev.anabranch.event.EventType;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.simulator.EventProducer;
import dev.anabranch.simulator.NotPublishedException;
import dev.anabranch.simulator.Pace;
import dev.anabranch.simulator.Progress;
import dev.anabranch.simulator.PublishListener;
import dev.anabranch.simulator.Published;
import dev.anabranch.simulator.SimulatedEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replay and simulation against a real broker. */
class ReplayTest {
    private static final int PARTITIONS = 4;
    private static final List<EventType<?>> TYPES = List.of(FraudEvents.TRANSACTION, FraudEvents.FRAUD_LABEL);
    private static final String DAY_1 = "a,2018-04-01T10:00:00Z,c1,t1,1.00,0,0";
    private static final String DAY_2 = "b,2018-04-02T10:00:00Z,c2,t2,2.00,1,2";
    private static final String DAY_9 = "c,2018-04-09T10:00:00Z,c3,t1,3.00,0,0";

    private static KafkaClusterTestKit kafka;

    private final Map<TopicPartition, Long> before = new HashMap<>();
    private final PrintStream quiet = new PrintStream(new ByteArrayOutputStream());

    @TempDir
    Path folder;

    @BeforeAll
    static void startBroker() throws Exception {
        TestKitNodes nodes = new TestKitNodes.Builder()
                .setCombined(true)
                .setNumBrokerNodes(1)
                .setNumControllerNodes(1)
                .build();
        kafka = new KafkaClusterTestKit.Builder(nodes)
                .setConfigProp("auto.create.topics.enable", "false")
                .build();
        kafka.format();
        kafka.startup();
        kafka.waitForReadyBrokers();
        createTopics();
    }

    @AfterAll
    static void stopBroker() throws Exception {
        kafka.close();
    }

    private static void createTopics() throws Exception {
        Map<String, String> settings = Map.of("message.timestamp.type", "LogAppendTime");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers()))) {
            admin.createTopics(TYPES.stream()
                            .map(type -> new NewTopic(type.topic(), PARTITIONS, (short) 1).configs(settings))
                            .toList())
                    .all()
                    .get();
            await().ignoreExceptions()
                    .until(() -> admin.describeTopics(
                                            TYPES.stream().map(EventType::topic).toList())
                                    .allTopicNames()
                                    .get()
                                    .size()
                            == TYPES.size());
        }
    }

    @BeforeEach
    void rememberWhereTheLogEnds() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            TYPES.forEach(type -> before.putAll(consumer.endOffsets(partitions(type))));
        }
    }

    @Test
    void everyRowIsPublishedWithItsLabelAndCounted() throws IOException {
        GzipFiles.write(folder, "a.csv.gz", DAY_1, DAY_2, DAY_9);
        ReplayResult result = Replay.run(ReplayOptions.asRecorded(folder, brokers(), Pace.max()), quiet);

        assertThat(result.isComplete()).isTrue();
        assertThat(result.summary()).startsWith("3 rows read, 3 transactions and 3 labels published in ");
        assertThat(read(FraudEvents.TRANSACTION))
                .containsExactlyInAnyOrder(
                        new Transaction("a", millis("2018-04-01T10:00:00Z"), "c1", "t1", 100L),
                        new Transaction("b", millis("2018-04-02T10:00:00Z"), "c2", "t2", 200L),
                        new Transaction("c", millis("2018-04-09T10:00:00Z"), "c3", "t1", 300L));
        assertThat(read(FraudEvents.FRAUD_LABEL))
                .contains(new FraudLabel(
                        "b", millis("2018-04-09T10:00:00Z"), millis("2018-04-02T10:00:00Z"), "c2", "t2", true));
    }

    @Test
    void labelsComeBetweenTheTransactionsOfTheirMoment() throws IOException {
        GzipFiles.write(folder, "a.csv.gz", DAY_1, DAY_2, DAY_9);
        List<String> order = new ArrayList<>();
        PublishListener listener = new PublishListener() {
            @Override
            public void sent(SimulatedEvent<?> event) {
                order.add(
                        event.record() instanceof FraudLabel label
                                ? "label " + label.getTransactionId()
                                : ((Transaction) event.record()).getTransactionId());
            }
        };
        new Replay(ReplayOptions.asRecorded(folder, brokers(), Pace.max()))
                .run(new Progress(quiet, false, "replay"), listener);
        assertThat(order).containsExactly("a", "b", "label a", "label b", "c", "label c");
    }

    @Test
    void shiftedToAMomentTheLastTransactionHappensThenAndLaterLabelsAreCountedAsNotYetDue() throws IOException {
        GzipFiles.write(folder, "a.csv.gz", DAY_1, DAY_2, DAY_9);
        Instant now = Instant.parse("2026-07-01T12:00:00.123Z");
        ReplayOptions options =
                ReplayOptions.asRecorded(folder, brokers(), Pace.max()).shiftedTo(now);
        ReplayResult result = Replay.run(options, quiet);

        assertThat(result.isComplete()).isTrue();
        assertThat(result.labels()).isEqualTo(2); // b's is due at that very moment
        assertThat(result.labelsNotYetDue()).isEqualTo(1);
        assertThat(result.summary()).endsWith("; 1 labels are not yet due");
        assertThat(read(FraudEvents.TRANSACTION))
                .extracting(Transaction::getEventTimeMillis)
                .containsExactlyInAnyOrder(
                        now.minus(Duration.ofDays(8)).toEpochMilli(),
                        now.minus(Duration.ofDays(7)).toEpochMilli(),
                        now.toEpochMilli());
    }

    @Test
    void whatWasReadOfATruncatedFileIsPublishedAndTheLineIsNamed() throws IOException {
        GzipFiles.write(folder, "a.csv.gz", DAY_1, DAY_2);
        GzipFiles.cutShort(GzipFiles.write(folder, "b.csv.gz", DAY_9), 8);
        ReplayResult result = Replay.run(ReplayOptions.asRecorded(folder, brokers(), Pace.max()), quiet);

        assertThat(result.isComplete()).isFalse();
        assertThat(result.rowsRead()).isEqualTo(3);
        assertThat(result.transactions()).isEqualTo(3);
        assertThat(result.summary())
                .endsWith(
                        "\nStopped at b.csv.gz line 2: the file is cut short; this is the last line that could be read");
        assertThat(read(FraudEvents.TRANSACTION)).hasSize(3);
    }

    @Test
    void aBrokenRowIsNamedAndTheRowsBeforeItArePublished() throws IOException {
        GzipFiles.write(folder, "a.csv.gz", DAY_1, "b,2018-04-02T10:00:00Z,c2,t2,-2,1,2", DAY_9);
        ReplayResult result = Replay.run(ReplayOptions.asRecorded(folder, brokers(), Pace.max()), quiet);
        assertThat(result.problem())
                .hasValue("a.csv.gz line 3: amount must be 0 or more with at most two decimals, got '-2'");
        assertThat(result.transactions()).isEqualTo(1);
    }

    @Test
    void aStoppedReplaySaysSo() throws IOException {
        GzipFiles.write(folder, "a.csv.gz", DAY_1, DAY_2, DAY_9);
        Replay replay = new Replay(ReplayOptions.asRecorded(folder, brokers(), Pace.times(1)));
        PublishListener stopAtFirst = new PublishListener() {
            @Override
            public void sent(SimulatedEvent<?> event) {
                replay.stop();
            }
        };
        ReplayResult result = replay.run(new Progress(quiet, false, "replay"), stopAtFirst);
        assertThat(result.isComplete()).isFalse();
        assertThat(result.transactions()).isEqualTo(1);
        assertThat(result.summary()).endsWith("; stopped before the end");
    }

    @Test
    void aSimulationPublishesItsHistoryAndThenWhatHappensLive() throws IOException {
        Instant end = Instant.now().minusSeconds(30);
        LocalDate firstDay = LocalDate.ofInstant(end, ZoneOffset.UTC).minusDays(20);
        CardSimulation simulation = new CardSimulation(new CardSimulation.Settings(3, "s", firstDay, 300, 600, 10));
        CardTimeline timeline = new CardTimeline(simulation, end.toEpochMilli(), Duration.ofDays(7));
        SimulationRun run = new SimulationRun(timeline, brokers());
        Published history = run.publishHistory(new Progress(quiet, false, "history"), PublishListener.NONE);
        assertThat(history.complete()).isTrue();
        assertThat(history.of(FraudEvents.TRANSACTION)).isBetween(10_000L, 14_000L);
        assertThat(history.of(FraudEvents.FRAUD_LABEL)).isBetween(6_000L, 9_000L);

        AtomicLong acknowledged = new AtomicLong();
        PublishListener stopAfterHundred = new PublishListener() {
            @Override
            public void acknowledged(SimulatedEvent<?> event, int partition, long offset) {
                if (acknowledged.incrementAndGet() == 100) {
                    run.stop();
                }
            }
        };
        Published live = run.publishLive(end, 20, new Progress(quiet, false, "live"), stopAfterHundred);
        assertThat(live.total()).isGreaterThanOrEqualTo(100).isEqualTo(acknowledged.get());
        // read() admits every record by its arrival: none is dated in the future.
        assertThat(read(FraudEvents.TRANSACTION))
                .hasSize((int) (history.of(FraudEvents.TRANSACTION) + live.of(FraudEvents.TRANSACTION)))
                .extracting(Transaction::getTransactionId)
                .doesNotHaveDuplicates();
    }

    @Test
    void aBrokerWithoutATopicIsNamed() {
        EventType<Transaction> absent = EventType.named("absent", Transaction.class)
                .identifiedBy("transactionId", Transaction::getTransactionId)
                .keyedBy("customerId", Transaction::getCustomerId)
                .happenedAt(Transaction::getEventTimeMillis)
                .declare();
        assertThatThrownBy(() -> EventProducer.connect(
                        brokers(), List.of(absent), EventProducer.Tuning.BULK, PublishListener.NONE))
                .isInstanceOf(NotPublishedException.class)
                .hasMessage("Kafka at " + brokers() + " must have the topics of the events [absent] and lacks one");
    }

    private static String brokers() {
        return kafka.bootstrapServers();
    }

    private static long millis(String instant) {
        return Instant.parse(instant).toEpochMilli();
    }

    /** Every record of the type's topic since the test began, admitted as the layers do. */
    private <E extends SpecificRecord> List<E> read(EventType<E> type) {
        List<E> events = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = partitions(type);
            consumer.assign(partitions);
            partitions.forEach(partition -> consumer.seek(partition, before.get(partition)));
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    Admission<E> admission = type.admit(record.key(), record.value(), record.timestamp());
                    assertThat(admission).isInstanceOf(Admission.Admitted.class);
                    events.add(((Admission.Admitted<E>) admission).event());
                }
            }
        }
        return events;
    }

    private static KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers(),
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class));
    }

    private static List<TopicPartition> partitions(EventType<?> type) {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(type.topic(), partition))
                .toList();
    }
}
