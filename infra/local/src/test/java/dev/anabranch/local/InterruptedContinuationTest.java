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
import dev.anabranch.recommendation.RecommendationViews;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Origin;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewKeys;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A log that is to go on past its archive, and somebody who is killed while seeing to it: whoever comes next ends where nobody
 * would have been interrupted. Every test has topics of its own.
 */
class InterruptedContinuationTest {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private static final long LOST = ContinuedLog.LOST;

    @TempDir
    Path folder;

    private CatalogConfig catalog;
    private Lakehouse lakehouse;
    private Admin admin;

    @BeforeEach
    void open() throws Exception {
        Home home = new Home(folder);
        home.create();
        catalog = CatalogConfig.of(home.catalog(), home.warehouse());
        lakehouse = Lakehouse.open(catalog);
        admin = Admin.create(Map.of("bootstrap.servers", BROKER.bootstrapServers()));
    }

    @AfterEach
    void close() {
        admin.close();
        lakehouse.close();
    }

    @Test
    void killedAgainAndAgainAndEachTimeOneCallLaterItEndsWhereItWouldHaveWithoutThat() throws Exception {
        EventType<?> payments = FraudEvents.TRANSACTION;
        EventType<?> labels = FraudEvents.FRAUD_LABEL;
        archived(payments, Map.of(0, 5_000L, 1, 1L));
        archived(labels, Map.of(2, 3_000L));

        int calls = 1;
        while (!survives(calls)) {
            calls++;
        }

        // Topics are described, each of three partitions is looked at, filled, looked at and emptied.
        assertThat(calls).as("calls until it was over").isGreaterThan(15);
        assertBeginsAt(payments, Map.of(0, LOST + 5_120, 1, LOST + 1_024));
        assertBeginsAt(labels, Map.of(2, LOST + 3_072));
        Cut ofPayments = cut(payments, Map.of(0, LOST + 5_120, 1, LOST + 1_024));
        assertFloors(FraudViews.CUSTOMER, ofPayments);
        assertFloors(FraudViews.TERMINAL, ofPayments.union(cut(labels, Map.of(2, LOST + 3_072))));
        assertThat(continueAll()).isEmpty();
    }

    @Test
    void aPartitionThatWasFilledInPartIsFilledUp() throws Exception {
        EventType<?> outcomes = FraudEvents.OUTCOME;
        archived(outcomes, Map.of(0, 700L, 1, 700L));
        ContinuedLog killed = new ContinuedLog(lakehouse, admin, BROKER.bootstrapServers());
        killed.write(new TopicPartition(outcomes.topic(), 0), 12_345);

        assertThat(continueAll()).containsExactly(Map.entry(outcomes.topic(), List.of(LOST + 1_024, LOST + 1_024)));

        assertBeginsAt(outcomes, Map.of(0, LOST + 1_024, 1, LOST + 1_024));
    }

    @Test
    void killedAfterTheArchiveOfOneTopicWasMovedAndNotThatOfAnotherViewsStillLackBoth() throws Exception {
        EventType<?> responses = RecommendationEvents.RESPONSE;
        EventType<?> shown = RecommendationEvents.SHOWN;
        archived(responses, Map.of(0, 100L));
        archived(shown, Map.of(3, 2_000L));
        sql("CREATE TRIGGER killed BEFORE UPDATE ON iceberg_tables WHEN OLD.table_name = '"
                + EventTables.identifier(shown).name() + "' BEGIN SELECT RAISE(ABORT, 'killed'); END");
        assertThatThrownBy(this::continueAll).hasStackTraceContaining("killed");
        assertThat(reached(responses)).isEqualTo(cut(responses, Map.of(0, LOST + 1_024)));
        assertThat(reached(shown)).isEqualTo(cut(shown, Map.of(3, 2_000L)));
        sql("DROP TRIGGER killed");

        assertThat(continueAll()).containsExactly(Map.entry(shown.topic(), List.of(LOST + 2_048)));

        assertBeginsAt(responses, Map.of(0, LOST + 1_024));
        assertBeginsAt(shown, Map.of(3, LOST + 2_048));
        assertFloors(RecommendationViews.LAST_SHOWN, cut(shown, Map.of(3, LOST + 2_048)));
        assertFloors(
                RecommendationViews.QUALITY,
                cut(responses, Map.of(0, LOST + 1_024)).union(cut(shown, Map.of(3, LOST + 2_048))));
    }

    /** Whoever is killed does nothing any more: no handler of exceptions, no tidying up. */
    private static final class Killed extends Error {}

    /** Whether it comes to its end within so many calls to the broker; it is killed instead of the next. */
    private boolean survives(int calls) throws InterruptedException {
        int[] left = {calls};
        Admin mortal = (Admin) Proxy.newProxyInstance(
                Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, (proxy, call, with) -> {
                    if (left[0]-- == 0) {
                        throw new Killed();
                    }
                    try {
                        return call.invoke(admin, with);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        try {
            new ContinuedLog(lakehouse, mortal, BROKER.bootstrapServers()).continueAll();
            return true;
        } catch (Killed e) {
            return false;
        }
    }

    private Map<String, List<Long>> continueAll() throws InterruptedException {
        return new ContinuedLog(lakehouse, admin, BROKER.bootstrapServers()).continueAll();
    }

    private void archived(EventType<?> type, Map<Integer, Long> upTo) {
        assertThat(new CutTable(lakehouse.events(type))
                        .append(List.of(), Cut.NOTHING, cut(type, upTo).origins()))
                .isTrue();
    }

    private Cut reached(EventType<?> type) {
        return new CutTable(lakehouse.events(type)).cut();
    }

    private static Cut cut(EventType<?> type, Map<Integer, Long> upTo) {
        Cut cut = Cut.NOTHING;
        for (Map.Entry<Integer, Long> partition : upTo.entrySet()) {
            cut = cut.with(new Origin(type.topic(), partition.getKey()), partition.getValue());
        }
        return cut;
    }

    /** Nothing is left of the filling, the next event gets the offset, and the archive goes up to it. */
    private void assertBeginsAt(EventType<?> type, Map<Integer, Long> begins) throws Exception {
        assertThat(reached(type)).isEqualTo(cut(type, begins));
        for (Map.Entry<Integer, Long> begin : begins.entrySet()) {
            TopicPartition partition = new TopicPartition(type.topic(), begin.getKey());
            assertThat(admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                            .partitionResult(partition)
                            .get()
                            .offset())
                    .as("where " + partition + " begins")
                    .isEqualTo(begin.getValue());
            assertThat(append(partition)).as("the next record of " + partition).isEqualTo(begin.getValue());
        }
    }

    private void assertFloors(View<?> view, Cut floor) throws Exception {
        for (int partition = 0; partition < 4; partition++) {
            assertThat(floor(new TopicPartition(Topics.speedView(view.name()), partition)))
                    .as("floor of " + view.name() + " in partition " + partition)
                    .isEqualTo(floor);
        }
    }

    /** The last one, as whoever reads the view will have it. */
    private static Cut floor(TopicPartition speed) throws Exception {
        Cut floor = Cut.NOTHING;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers(), "fetch.max.wait.ms", 10),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(speed));
            consumer.seekToBeginning(List.of(speed));
            long end = consumer.endOffsets(List.of(speed)).get(speed);
            while (consumer.position(speed) < end) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    assertThat(record.key()).isEqualTo(ViewKeys.FLOOR);
                    floor = Cuts.read(Wire.SPEED_FLOOR.decode(record.value()).getCut());
                }
            }
        }
        return floor;
    }

    private static long append(TopicPartition partition) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            return producer.send(new ProducerRecord<>(partition.topic(), partition.partition(), null, new byte[] {1}))
                    .get()
                    .offset();
        }
    }

    private void sql(String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection(catalog.uri());
                Statement does = connection.createStatement()) {
            does.execute(statement);
        }
    }
}
