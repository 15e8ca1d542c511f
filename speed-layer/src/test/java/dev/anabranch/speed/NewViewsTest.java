package dev.anabranch.speed;

import static dev.anabranch.fraud.FraudEvents.FRAUD_LABEL;
import static dev.anabranch.fraud.FraudEvents.TRANSACTION;
import static dev.anabranch.fraud.FraudViews.CUSTOMER;
import static dev.anabranch.fraud.FraudViews.TERMINAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.MemoryKeyValues;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Reading;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewKeys;
import dev.anabranch.view.ViewReader;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where the cells of a view begin that an application has not always had. */
class NewViewsTest {
    private static final String APPLICATION = Topics.speedApplication("fraud");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<View<?>> VIEWS = List.of(CUSTOMER, TERMINAL);

    private TestBroker broker;
    private Admin admin;
    private NewViews newViews;

    @BeforeEach
    void start() throws Exception {
        broker = new TestBroker();
        broker.createTopics();
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        newViews = new NewViews(
                admin, broker.bootstrapServers(), APPLICATION, TestBroker.PARTITIONS, view -> view == CUSTOMER);
    }

    @AfterEach
    void stop() throws Exception {
        admin.close();
        broker.close();
    }

    @Test
    void ofANewApplicationTheyBeginWithTheLogAndAreNeverNewAgain() throws Exception {
        newViews.announce(VIEWS, PATIENCE);
        committed(TRANSACTION.topic(), 0, 3_000); // killed before it had told anything but that
        newViews.announce(VIEWS, PATIENCE);

        assertThat(floors(CUSTOMER)).containsExactly(Cut.NOTHING, Cut.NOTHING);
        assertThat(floors(TERMINAL)).containsExactly(Cut.NOTHING, Cut.NOTHING);
        assertThat(read(TERMINAL).exact()).isTrue();
    }

    @Test
    void ofInstancesThatStartTogetherOneSaysIt() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        Callable<Void> announce = () -> {
            newViews.announce(VIEWS, PATIENCE);
            return null;
        };
        for (Future<Void> done : threads.invokeAll(Collections.nCopies(4, announce))) {
            done.get();
        }
        threads.shutdown();

        assertThat(floors(CUSTOMER)).containsExactly(Cut.NOTHING, Cut.NOTHING);
        assertThat(floors(TERMINAL)).containsExactly(Cut.NOTHING, Cut.NOTHING);
    }

    @Test
    void aBrokerThatDoesNotAnswerIsNoReasonToWaitForEver() {
        NewViews elsewhere = new NewViews(admin, "127.0.0.1:1", APPLICATION, TestBroker.PARTITIONS, view -> false);
        assertThatThrownBy(() -> elsewhere.announce(VIEWS, Duration.ofSeconds(1)))
                .isInstanceOf(StartFailedException.class)
                .hasMessageStartingWith("Cannot say where the views of speed.fraud begin: ");
    }

    @Test
    void aNewOneOfAnOldApplicationBeginsPastWhatTheApplicationHasReadAndSaysSo() throws Exception {
        newViews.announce(List.of(CUSTOMER), PATIENCE);
        committed(TRANSACTION.topic(), 0, 3_000);
        committed(TRANSACTION.topic(), 1, 2_048);
        newViews.announce(VIEWS, PATIENCE);

        Cut begins = Cut.of(Map.of(
                new Origin(TRANSACTION.topic(), 0), 3 * Cut.BLOCK, new Origin(TRANSACTION.topic(), 1), 2 * Cut.BLOCK));
        assertThat(floors(CUSTOMER)).containsExactly(Cut.NOTHING, Cut.NOTHING);
        assertThat(floors(TERMINAL)).containsExactly(begins, begins);
        assertThat(read(CUSTOMER).exact()).isTrue();
        assertThat(read(TERMINAL).exact()).isFalse();
        assertThat(read(TERMINAL).inexact().orElseThrow()).contains("the speed view has no cells before " + begins);
    }

    @Test
    void whereEventsAreFoldedWhereTheyLieEachPartitionHasABeginningOfItsOwn() throws Exception {
        newViews.announce(List.of(TERMINAL), PATIENCE);
        committed(TRANSACTION.topic(), 0, 3_000);
        committed(TRANSACTION.topic(), 1, 1);
        newViews.announce(VIEWS, PATIENCE);

        assertThat(floors(CUSTOMER))
                .containsExactlyInAnyOrder(
                        Cut.of(Map.of(new Origin(TRANSACTION.topic(), 0), 3 * Cut.BLOCK)),
                        Cut.of(Map.of(new Origin(TRANSACTION.topic(), 1), Cut.BLOCK)));
    }

    @Test
    void oneThatReadsNothingTheApplicationHasReadBeginsWithTheLog() throws Exception {
        newViews.announce(List.of(TERMINAL), PATIENCE);
        committed(FRAUD_LABEL.topic(), 0, 3_000);
        newViews.announce(VIEWS, PATIENCE);

        assertThat(floors(CUSTOMER)).containsExactly(Cut.NOTHING, Cut.NOTHING);
    }

    @Test
    void whatTheLogHasNoLongerIsInNoCellOfANewApplicationEither() throws Exception {
        broker.publish(TRANSACTION.topic(), "any", new byte[0]);
        TopicPartition partition = new TopicPartition(TRANSACTION.topic(), lastPartition(TRANSACTION.topic()));
        admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(1)))
                .all()
                .get();
        newViews.announce(VIEWS, PATIENCE);

        Cut begins = Cut.of(Map.of(new Origin(partition.topic(), partition.partition()), Cut.BLOCK));
        assertThat(floors(TERMINAL)).containsExactly(begins, begins);
    }

    @Test
    void aBeginningThatWasNeverCommittedIsNone() throws Exception {
        newViews.announce(List.of(CUSTOMER), PATIENCE);
        committed(TRANSACTION.topic(), 0, 1_024);
        Producer<byte[], byte[]> killed = broker.transactionalProducer(APPLICATION + "-new-views");
        killed.beginTransaction();
        killed.send(new ProducerRecord<>(Topics.speedView(TERMINAL.name()), 0, ViewKeys.FLOOR, new byte[] {1}))
                .get(); // and nothing more is heard of it
        newViews.announce(VIEWS, PATIENCE);

        Cut begins = Cut.of(Map.of(new Origin(TRANSACTION.topic(), 0), Cut.BLOCK));
        assertThat(floors(TERMINAL)).containsExactly(begins, begins);
        killed.close(Duration.ZERO);
    }

    @Test
    void whileOthersRunThatMayNotKnowItNobodyKnowsWhereItBegins() throws Exception {
        try (KafkaConsumer<byte[], byte[]> other = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        broker.bootstrapServers(),
                        ConsumerConfig.CLIENT_ID_CONFIG,
                        "other",
                        ConsumerConfig.GROUP_ID_CONFIG,
                        APPLICATION,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            other.subscribe(List.of(TRANSACTION.topic()));
            while (other.assignment().isEmpty()) {
                other.poll(Duration.ofMillis(100));
            }
            assertThatThrownBy(() -> newViews.announce(List.of(TERMINAL), Duration.ofMillis(600)))
                    .isInstanceOf(StartFailedException.class)
                    .hasMessage(
                            "Views [fraud.terminal] are new to speed.fraud, of which [other at /127.0.0.1] may run without them: all "
                                    + "instances must be stopped before one with a new view starts");
            assertThat(floors(TERMINAL)).as("nothing was half done").isEmpty();
            other.commitSync(Map.of(new TopicPartition(TRANSACTION.topic(), 1), new OffsetAndMetadata(1_000)));
        }
        newViews.announce(VIEWS, PATIENCE);

        Cut begins = Cut.of(Map.of(new Origin(TRANSACTION.topic(), 1), Cut.BLOCK));
        assertThat(floors(TERMINAL)).containsExactly(begins, begins);
    }

    private int lastPartition(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = broker.readCommitted(topic);
        return records.get(records.size() - 1).partition();
    }

    private void committed(String topic, int partition, long offset) throws Exception {
        admin.alterConsumerGroupOffsets(
                        APPLICATION, Map.of(new TopicPartition(topic, partition), new OffsetAndMetadata(offset)))
                .all()
                .get();
    }

    private List<Cut> floors(View<?> view) {
        return broker.readCommitted(Topics.speedView(view.name())).stream()
                .map(record -> Cuts.read(Wire.SPEED_FLOOR.decode(record.value()).getCut()))
                .toList();
    }

    private <A> Reading<A> read(View<A> view) {
        MemoryKeyValues cells = new MemoryKeyValues();
        for (ConsumerRecord<byte[], byte[]> record : broker.readCommitted(Topics.speedView(view.name()))) {
            assertThat(record.key()).isEqualTo(ViewKeys.FLOOR);
            cells.put(record.key(), record.value());
        }
        return new ViewReader<>(view, new MemoryKeyValues(), cells).read("any", System.currentTimeMillis());
    }
}
