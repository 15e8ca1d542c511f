package dev.anabranch.local.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.event.EventType;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.lakehouse.CatalogConfig;
import dev.anabranch.lakehouse.CutTable;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.RowFiles;
import dev.anabranch.local.RunningBroker;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.oracle.NaiveFold;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whether a verification would notice: log and archive are real, the platform folds what a test gives it. The first event
 * of the log was deleted by the broker, and is in the archive only.
 */
class VerifyingTest {
    private static final EventType<Transaction> TYPE = FraudEvents.TRANSACTION;
    private static final Origin ORIGIN = new Origin(TYPE.topic(), 2);
    private static final long HOUR = 3_600_000;
    private static final long START = System.currentTimeMillis() - 48 * HOUR;
    private static final int EVENTS = 5;

    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private static final List<NaiveFold.Entry> LOG = new ArrayList<>();

    @TempDir
    Path directory;

    @BeforeAll
    static void fiveEventsAndOneRecordThatIsNone() throws Exception {
        ByteArraySerializer bytes = new ByteArraySerializer();
        try (KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(Map.of("bootstrap.servers", BROKER.bootstrapServers()), bytes, bytes);
                Admin admin = Admin.create(Map.of("bootstrap.servers", BROKER.bootstrapServers()))) {
            for (int offset = 0; offset < EVENTS; offset++) {
                Transaction event = new Transaction("t" + offset, START + offset * HOUR, "c-1", "w-1", 1L << offset);
                byte[] key = "c-1".getBytes(StandardCharsets.UTF_8);
                long arrival = producer.send(
                                new ProducerRecord<>(ORIGIN.topic(), ORIGIN.partition(), key, TYPE.encode(event)))
                        .get()
                        .timestamp();
                LOG.add(new NaiveFold.Entry(new Position(ORIGIN, offset), arrival, event));
            }
            producer.send(new ProducerRecord<>(ORIGIN.topic(), ORIGIN.partition(), null, new byte[] {1}))
                    .get();
            admin.deleteRecords(Map.of(
                            new TopicPartition(ORIGIN.topic(), ORIGIN.partition()), RecordsToDelete.beforeOffset(1)))
                    .all()
                    .get();
        }
    }

    @Test
    void aPlatformThatFoldsTheWholeLogIsRight() throws Exception {
        String told = verified(new FoldingPlatform(LOG)::answer, LOG, true);
        assertThat(told.lines().map(line -> line.replaceAll(" +", " ")))
                .anyMatch(line -> line.matches("fraud\\.customer 1 \\d+ 0 0 0"))
                .contains("events.transaction 5 1 0 0 0");
    }

    @Test
    void anEventThatIsInNoAnswerIsMissing() throws Exception {
        assertThat(verified(new FoldingPlatform(LOG.subList(0, 4))::answer, LOG, false))
                .contains(
                        "the event at events.transaction-2@4 was in the log when the questions began and in no answer");
    }

    @Test
    void anEventThatWasLostOnTheWayIsAMismatchAndTheEventsAreNamed() throws Exception {
        FoldingPlatform without = new FoldingPlatform(LOG.subList(1, EVENTS));
        assertThat(verified(without::answer, LOG, false))
                .contains("must be {\"payments\":5", "got {\"payments\":4", "    events.transaction-2@0 arrived ");
    }

    @Test
    void anEventCountedTwiceIsAMismatch() throws Exception {
        List<NaiveFold.Entry> twice = new ArrayList<>(LOG);
        twice.add(LOG.get(3));
        assertThat(verified(new FoldingPlatform(twice)::answer, LOG, false)).contains("got {\"payments\":6");
    }

    @Test
    void anAnswerThatClaimsToKnowMoreThanItFoldedIsAMismatch() throws Exception {
        FoldingPlatform boasting = new FoldingPlatform(LOG.subList(0, 4)).claiming(ORIGIN, EVENTS);
        assertThat(verified(boasting::answer, LOG, false)).contains("got {\"payments\":4");
    }

    @Test
    void aReplicaThatIsRestoringIsAskedAgain() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        FoldingPlatform platform = new FoldingPlatform(LOG);
        String told = verified(
                question -> asked.getAndIncrement() < 2 ? AnsweringServer.UNAVAILABLE : platform.answer(question),
                LOG,
                true);
        assertThat(told).contains("fraud.customer");
    }

    @Test
    void anEventThatIsNotArchivedIsLost() throws Exception {
        List<NaiveFold.Entry> archived = new ArrayList<>(LOG);
        archived.remove(2);
        assertThat(verified(new FoldingPlatform(LOG)::answer, archived, false))
                .contains("events.transaction-2@2 is an event and not archived");
    }

    @Test
    void aRowThatIsThereTwiceIsRepeated() throws Exception {
        List<NaiveFold.Entry> archived = new ArrayList<>(LOG);
        archived.add(LOG.get(2));
        assertThat(verified(new FoldingPlatform(LOG)::answer, archived, false))
                .contains("events.transaction-2 has 1 rows whose position another one has, too");
    }

    /** Verifies, and gives what is printed. */
    private String verified(UnaryOperator<String> platform, List<NaiveFold.Entry> archived, boolean right)
            throws Exception {
        CatalogConfig catalog = CatalogConfig.under(directory);
        archive(catalog, archived);
        VerifyReport report = new VerifyReport();
        try (AnsweringServer server = new AnsweringServer(platform);
                ArchivedLog archive = new ArchivedLog(catalog)) {
            new Verifying(
                            BROKER.bootstrapServers(),
                            new Api(server.address()),
                            archive,
                            List.of(FraudViews.CUSTOMER),
                            1,
                            1_500)
                    .sample(10, report);
        }
        StringWriter told = new StringWriter();
        report.print(new PrintWriter(told));
        assertThat(report.right()).as(told.toString()).isEqualTo(right);
        return told.toString();
    }

    private static void archive(CatalogConfig catalog, List<NaiveFold.Entry> events) {
        try (Lakehouse lakehouse = Lakehouse.open(catalog)) {
            Table table = lakehouse.events(TYPE);
            RowFiles files = new RowFiles(table, 0);
            for (NaiveFold.Entry entry : events) {
                Transaction event = (Transaction) entry.event();
                GenericRecord row = GenericRecord.create(table.schema());
                TYPE.schema().getFields().forEach(field -> row.setField(field.name(), event.get(field.pos())));
                row.setField(EventTables.EVENT_TIME, event.getEventTimeMillis() * 1000);
                row.setField(EventTables.KAFKA_PARTITION, ORIGIN.partition());
                row.setField(EventTables.KAFKA_OFFSET, entry.position().offset());
                row.setField(EventTables.ARRIVAL_MILLIS, entry.arrivalMillis());
                files.write(row);
            }
            CutTable cut = new CutTable(table);
            assertThat(cut.append(files.complete(), cut.cut(), Map.of(ORIGIN, (long) EVENTS)))
                    .isTrue();
        }
    }
}
