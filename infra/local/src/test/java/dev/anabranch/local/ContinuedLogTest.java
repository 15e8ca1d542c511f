package dev.anabranch.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.event.EventType;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.lakehouse.CatalogConfig;
import dev.anabranch.lakehouse.CutTable;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Origin;
import dev.anabranch.view.ViewKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An archive and a broker that has never heard of it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ContinuedLogTest {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private static final long LOST = ContinuedLog.LOST;
    private static final String PAYMENTS = FraudEvents.TRANSACTION.topic();

    private static final Schema SOME_COLUMN =
            new Schema(Types.NestedField.required(1, "reason", Types.StringType.get()));

    @TempDir
    Path folder;

    @Test
    @Order(1)
    void newTopicsBeginAtAWholeBlockPastAllThatMayHaveBeenLostAndViewsSayWhatTheyLack() throws Exception {
        try (Lakehouse lakehouse = lakehouse("archive")) {
            archived(lakehouse, FraudEvents.TRANSACTION, Map.of(0, 5_000L, 1, 1L, 3, 2_048L));

            assertThat(continueAll(lakehouse))
                    .containsExactly(Map.entry(PAYMENTS, List.of(LOST + 5_120, LOST + 1_024, LOST + 3_072)));

            assertThat(new CutTable(lakehouse.events(FraudEvents.TRANSACTION)).cut())
                    .isEqualTo(cut(PAYMENTS, Map.of(0, LOST + 5_120, 1, LOST + 1_024, 3, LOST + 3_072)));
            assertThat(append(PAYMENTS, 0)).as("the next record").isEqualTo(LOST + 5_120);
            assertThat(append(PAYMENTS, 2)).as("of what was never archived").isZero();
            assertThat(read(PAYMENTS, 0)).as("what it was filled with").hasSize(1);
            for (int partition = 0; partition < 4; partition++) {
                List<ConsumerRecord<byte[], byte[]>> speed =
                        read(Topics.speedView(FraudViews.CUSTOMER.name()), partition);
                assertThat(speed).hasSize(1);
                assertThat(speed.get(0).key()).isEqualTo(ViewKeys.FLOOR);
                assertThat(Cuts.read(
                                Wire.SPEED_FLOOR.decode(speed.get(0).value()).getCut()))
                        .isEqualTo(cut(PAYMENTS, Map.of(0, LOST + 5_120, 1, LOST + 1_024, 3, LOST + 3_072)));
                assertThat(read(Topics.speedView(FraudViews.OUTCOMES.name()), partition))
                        .as("a view that does not read it")
                        .isEmpty();
            }

            assertThat(continueAll(lakehouse)).as("done twice").isEmpty();
        }
    }

    @Test
    @Order(2)
    void whatWasInterruptedBeforeTheArchiveKnewIsCompleted() throws Exception {
        EventType<?> labels = FraudEvents.OUTCOME;
        try (Lakehouse first = lakehouse("first");
                Lakehouse second = lakehouse("second")) {
            archived(first, labels, Map.of(0, 700L));
            archived(second, labels, Map.of(0, 700L));
            continueAll(first); // all but the last step has been done, as far as the second knows

            assertThat(continueAll(second)).containsExactly(Map.entry(labels.topic(), List.of(LOST + 1_024)));

            assertThat(new CutTable(second.events(labels)).cut())
                    .isEqualTo(cut(labels.topic(), Map.of(0, LOST + 1_024)));
        }
    }

    @Test
    @Order(3)
    void whereRefusedRecordsCameLastOrAloneTheirPositionsAreNotUsedAgainEither() throws Exception {
        EventType<?> items = RecommendationEvents.ITEM;
        try (Lakehouse lakehouse = lakehouse("letters")) {
            archived(lakehouse, items, Map.of(1, 500L));
            new CutTable(lakehouse.table(EventTables.DEAD_LETTERS, SOME_COLUMN, PartitionSpec.unpartitioned()))
                    .append(
                            List.of(),
                            Cut.NOTHING,
                            cut(items.topic(), Map.of(1, 4_000L, 2, 10L)).origins());

            assertThat(continueAll(lakehouse))
                    .containsExactly(Map.entry(items.topic(), List.of(LOST + 4_096, LOST + 1_024)));
        }
    }

    @Test
    @Order(4)
    void aTopicThatIsNeitherNewNorTheOneArchivedIsNamedAndNothingIsMoved() throws Exception {
        EventType<?> clicks = RecommendationEvents.INTERACTION;
        append(clicks.topic(), 0);
        try (Lakehouse lakehouse = lakehouse("other")) {
            archived(lakehouse, clicks, Map.of(0, 3_000L));

            assertThatThrownBy(() -> continueAll(lakehouse))
                    .isInstanceOf(Problem.class)
                    .hasMessageContaining("Topic events.interaction must be new, or the one that was archived up to"
                            + " offset 3000 of partition 0; it holds offsets 0 to 1");

            assertThat(new CutTable(lakehouse.events(clicks)).cut()).isEqualTo(cut(clicks.topic(), Map.of(0, 3_000L)));
            assertThat(read(clicks.topic(), 0)).hasSize(1);
        }
    }

    @Test
    @Order(5)
    void whatWasArchivedOfAPartitionThatIsMissingIsNamed() throws Exception {
        try (Lakehouse lakehouse = lakehouse("wide")) {
            archived(lakehouse, RecommendationEvents.ITEM, Map.of(5, 10L));

            assertThatThrownBy(() -> continueAll(lakehouse))
                    .isInstanceOf(Problem.class)
                    .hasMessageContaining("must have partition 5, which is archived; it has 4 partitions");
        }
    }

    private Lakehouse lakehouse(String name) throws Exception {
        Home home = new Home(folder.resolve(name));
        home.create();
        return Lakehouse.open(CatalogConfig.of(home.catalog(), home.warehouse()));
    }

    private static void archived(Lakehouse lakehouse, EventType<?> type, Map<Integer, Long> upTo) {
        assertThat(new CutTable(lakehouse.events(type))
                        .append(List.of(), Cut.NOTHING, cut(type.topic(), upTo).origins()))
                .isTrue();
    }

    private static Cut cut(String topic, Map<Integer, Long> upTo) {
        Cut cut = Cut.NOTHING;
        for (Map.Entry<Integer, Long> partition : upTo.entrySet()) {
            cut = cut.with(new Origin(topic, partition.getKey()), partition.getValue());
        }
        return cut;
    }

    private static Map<String, List<Long>> continueAll(Lakehouse lakehouse) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKER.bootstrapServers()))) {
            return new ContinuedLog(lakehouse, admin, BROKER.bootstrapServers()).continueAll();
        }
    }

    /** @return the offset that a record got */
    private static long append(String topic, int partition) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            return producer.send(new ProducerRecord<>(topic, partition, null, new byte[] {1}))
                    .get()
                    .offset();
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(String topic, int number) {
        TopicPartition partition = new TopicPartition(topic, number);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }
}
