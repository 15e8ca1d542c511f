package dev.anabranch.batch.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.anabranch.batch.TestBroker;
import dev.anabranch.batch.TestEvents;
import dev.anabranch.event.EventType;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.lakehouse.CatalogConfig;
import dev.anabranch.lakehouse.CutTable;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.RecordRow;
import dev.anabranch.lakehouse.RowFiles;
import dev.anabranch.lakehouse.SnapshotCut;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.View;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real broker and a real catalog. */
class ArchiverTest {
    private static final long MONDAY = 1_750_636_800_000L;

    private final TestBroker broker = TestBroker.get();
    private final EventType<Transaction> payments = TestEvents.payments();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

    @TempDir
    Path folder;

    private Lakehouse lakehouse;
    private Table table;

    @BeforeEach
    void open() {
        broker.createTopic(payments.topic(), 2);
        lakehouse = Lakehouse.open(CatalogConfig.under(folder));
        table = lakehouse.events(payments);
    }

    @AfterEach
    void close() {
        lakehouse.close();
    }

    @Test
    void everyRecordBecomesARowWithItsPositionAndTheCutNamesWhatIsArchived() throws Exception {
        produce(0, 10, 0);
        produce(10, 5, 1);

        archive(config(1_000, Optional.empty(), false));

        assertThat(positions()).hasSize(15).doesNotHaveDuplicates();
        assertThat(cut()).isEqualTo(Cut.of(Map.of(origin(0), 10L, origin(1), 5L)));
        Record first = rows().stream()
                .filter(row -> row.getField("transactionId").equals("t-3"))
                .findFirst()
                .orElseThrow();
        assertThat(first.getField("customerId")).isEqualTo("c-3");
        assertThat(first.getField("amountCents")).isEqualTo(300L);
        assertThat(first.getField("event_time").toString()).isEqualTo("2025-06-23T00:00:03Z");
        assertThat(first.getField("kafka_offset")).isEqualTo(3L);
        assertThat((Long) first.getField("arrival_millis")).isPositive();
    }

    @Test
    void theAuditNamesEveryOffsetAndFindsARowThatIsThereTwice() throws Exception {
        produce(0, 10, 0);
        produce(10, 5, 1);
        archive(config(1_000, Optional.empty(), false));

        ArchiveAudit audit = new ArchiveAudit(lakehouse);
        Map<Origin, ArchiveAudit.Held> held = audit.events(onlyPayments());
        assertThat(held).containsOnlyKeys(origin(0), origin(1));
        assertThat(held.get(origin(0)).offsets().stream()).hasSize(10).endsWith(9);
        assertThat(held.get(origin(1)).cut()).isEqualTo(5);
        assertThat(held.values()).extracting(ArchiveAudit.Held::repeated).containsOnly(0L);

        DataFile some =
                table.currentSnapshot().addedDataFiles(table.io()).iterator().next();
        table.newAppend().appendFile(some).commit();
        long twice = audit.events(onlyPayments()).values().stream()
                .mapToLong(ArchiveAudit.Held::repeated)
                .sum();
        assertThat(twice).isEqualTo(some.recordCount());
    }

    private UseCase onlyPayments() {
        return new UseCase() {
            @Override
            public String name() {
                return "test";
            }

            @Override
            public List<EventType<?>> events() {
                return List.of(payments);
            }

            @Override
            public List<View<?>> views() {
                return List.of();
            }
        };
    }

    @Test
    void aRestartAtAnyPointNeitherLosesNorRepeatsARow() throws Exception {
        for (int round = 0; round < 5; round++) {
            produce(round * 40, 40, round % 2);
            try (TopicArchiver<Transaction> archiver = archiver(config(17, Optional.empty(), false))) {
                archiver.runToEnd();
            }
            abandonFilesAsAKilledArchiverWould();
        }
        assertThat(positions()).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    void ofTwoArchiversOfTheSameRowsOneCommitsAndTheOtherGoesOnFromThere() throws Exception {
        Archiver one = running(config(50, Optional.empty(), false));
        Archiver other = running(config(70, Optional.empty(), false));
        try (one;
                other) {
            for (int round = 0; round < 20; round++) {
                produce(round * 100, 100, round % 2);
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> cut().equals(Cut.of(Map.of(origin(0), 1_000L, origin(1), 1_000L))));
        }
        assertThat(positions()).hasSize(2_000).doesNotHaveDuplicates();
    }

    @Test
    void onceTheDiskIsNoLongerFullTheArchiverGoesOnAndNothingIsMissing() throws Exception {
        assumeThat(SmallDisk.FULL).exists();
        lakehouse.close();
        lakehouse = Lakehouse.open(onASmallDisk());
        table = lakehouse.events(payments);
        try (Archiver archiver = running(config(50, Optional.empty(), false))) {
            produce(0, 200, 0);
            Awaitility.await().until(() -> cut().before(origin(0)) == 200);
            SmallDisk.full(true);
            try {
                produce(200, 200, 0);
                Awaitility.await().until(() -> !archiver.reading());
            } finally {
                SmallDisk.full(false);
            }
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> cut().before(origin(0)) == 400);
        }
        assertThat(positions()).hasSize(400).doesNotHaveDuplicates();
    }

    private CatalogConfig onASmallDisk() {
        CatalogConfig here = CatalogConfig.under(folder.resolve("small"));
        return CatalogConfig.of(here.uri(), SmallDisk.warehouse(folder.resolve("small")));
    }

    @Test
    void twoArchiversShareThePartitionsOfATopic() throws Exception {
        Archiver even = running(config(50, Optional.of(List.of(0)), false));
        Archiver odd = running(config(70, Optional.of(List.of(1)), false));
        try (even;
                odd) {
            for (int round = 0; round < 20; round++) {
                produce(round * 100, 100, round % 2);
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> cut().equals(Cut.of(Map.of(origin(0), 1_000L, origin(1), 1_000L))));
        }
        assertThat(positions()).hasSize(2_000).doesNotHaveDuplicates();
    }

    @Test
    void anAppendOnTopOfAnotherWritersCommitIsRefusedNotRebased() throws Exception {
        CutTable mine = new CutTable(lakehouse.events(payments));
        CutTable theirs = new CutTable(lakehouse.events(payments));

        assertThat(theirs.append(List.of(), Cut.NOTHING, Map.of(origin(0), 10L)))
                .isTrue();
        assertThat(mine.append(List.of(), Cut.NOTHING, Map.of(origin(0), 12L))).isFalse();
        assertThat(mine.append(List.of(), Cut.NOTHING, Map.of(origin(1), 7L))).isTrue();

        assertThat(mine.cut()).isEqualTo(Cut.of(Map.of(origin(0), 10L, origin(1), 7L)));
    }

    @Test
    void aHoleInTheTopicStopsTheRunAndNamesTheLostRange() throws Exception {
        produce(0, 10, 0);
        archive(config(1_000, Optional.empty(), false));
        produce(10, 10, 0);
        broker.deleteRecordsBefore(payments.topic(), 0, 14);

        assertThatThrownBy(() -> archive(config(1_000, Optional.empty(), false)))
                .isInstanceOf(LostRecordsException.class)
                .hasMessage("Offsets 10 to 13 of " + payments.topic()
                        + "-0 were deleted from the topic before they were archived; "
                        + "to go on without them set anabranch.archive.accept-holes=true");
        assertThat(positions()).hasSize(10);

        archive(config(1_000, Optional.empty(), true));
        assertThat(positions()).hasSize(16).doesNotHaveDuplicates();
        assertThat(cut().before(origin(0))).isEqualTo(20);
    }

    @Test
    void aTopicThatIsShorterThanItsArchiveIsNotTheOneThatWasArchived() {
        new CutTable(table).append(List.of(), Cut.NOTHING, Map.of(origin(0), 10L));

        assertThatThrownBy(() -> archive(config(1_000, Optional.empty(), true)))
                .isInstanceOf(LostRecordsException.class)
                .hasMessageContaining("goes up to offset 10 and the topic ends at 0");
    }

    @Test
    void refusedRecordsAreKeptOnceThoughTheyAreReadTwice() throws Exception {
        produce(0, 3, 0);
        send(new ProducerRecord<>(payments.topic(), 0, bytes("c-1"), bytes("no avro")));
        send(new ProducerRecord<>(payments.topic(), 0, null, null));
        archive(config(1_000, Optional.empty(), false));
        // What follows is dead letters only: the table of events stands still, so a restart reads them again.
        send(new ProducerRecord<>(payments.topic(), 1, bytes("c-1"), bytes("no avro either")));
        archive(config(1_000, Optional.empty(), false));
        archive(config(1_000, Optional.empty(), false));

        List<Record> letters = rows(lakehouse.catalog().loadTable(EventTables.DEAD_LETTERS));
        assertThat(letters)
                .extracting(letter -> letter.getField("kafka_partition") + "@" + letter.getField("kafka_offset"))
                .containsExactlyInAnyOrder("0@3", "0@4", "1@0");
        assertThat(letters)
                .extracting(letter -> (String) letter.getField("reason"))
                .anyMatch(reason -> reason.contains("must have a value"))
                .anyMatch(reason -> reason.startsWith("The value cannot be read as " + payments.name()));
        assertThat(positions()).hasSize(3);
        assertThat(cut().before(origin(0))).isEqualTo(5);
    }

    @Test
    void markersOfTransactionsAreNoRowsAndAbortedRecordsAreNotArchived() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = broker.producer("tx-" + payments.name())) {
            producer.initTransactions();
            for (int i = 0; i < 6; i++) {
                producer.beginTransaction();
                producer.send(TestEvents.record(payments, payment(i), 0));
                producer.flush(); // or an aborted record would never leave the producer
                if (i % 3 == 2) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                }
            }
        }
        archive(config(1_000, Optional.empty(), false));

        assertThat(rows())
                .extracting(row -> row.getField("transactionId"))
                .containsExactlyInAnyOrder("t-0", "t-1", "t-3", "t-4");
        assertThat(cut().before(origin(0))).isEqualTo(12);
    }

    @Test
    void aCompactionBetweenTwoCommitsKeepsTheCut() throws Exception {
        produce(0, 10, 0);
        archive(config(4, Optional.empty(), false));
        rewriteEveryFileIntoOne();
        assertThat(table.currentSnapshot().summary()).doesNotContainKey(SnapshotCut.PROPERTY);
        produce(10, 10, 0);
        archive(config(1_000, Optional.empty(), false));

        assertThat(positions()).hasSize(20).doesNotHaveDuplicates();
        assertThat(cut().before(origin(0))).isEqualTo(20);
    }

    @Test
    void whatIsWaitingIsCommittedWhenTheArchiverIsTold() throws Exception {
        Archiver archiver = running(config(1_000_000, Optional.empty(), false));
        produce(0, 25, 1);
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> archiver.reading() && archiver.describe().contains(" 0 behind"));
        archiver.close();
        assertThat(positions()).hasSize(25);
    }

    private void archive(ArchiveConfig config) {
        try (TopicArchiver<Transaction> archiver = archiver(config)) {
            archiver.runToEnd();
        }
    }

    private TopicArchiver<Transaction> archiver(ArchiveConfig config) {
        return new TopicArchiver<>(
                ArchivedTopic.events(payments),
                config,
                lakehouse,
                broker.bootstrapServers(),
                new ArchiveProgress(payments.topic(), metrics));
    }

    private Archiver running(ArchiveConfig config) {
        Archiver archiver = new Archiver(
                List.of(ArchivedTopic.events(payments)), config, lakehouse, broker.bootstrapServers(), metrics);
        archiver.start();
        return archiver;
    }

    private static ArchiveConfig config(int maxRows, Optional<List<Integer>> partitions, boolean acceptHoles) {
        return new ArchiveConfig() {
            @Override
            public int maxRows() {
                return maxRows;
            }

            @Override
            public Duration maxDelay() {
                return maxRows < 1_000 ? Duration.ofMillis(200) : Duration.ofMinutes(10);
            }

            @Override
            public int maxOpenFiles() {
                return 50;
            }

            @Override
            public Optional<List<Integer>> partitions() {
                return partitions;
            }

            @Override
            public boolean acceptHoles() {
                return acceptHoles;
            }
        };
    }

    private void produce(int first, int count, int partition) throws ExecutionException, InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer = broker.producer(null)) {
            for (int i = first; i < first + count; i++) {
                producer.send(TestEvents.record(payments, payment(i), partition));
            }
            producer.flush();
        }
    }

    private static Transaction payment(int i) {
        return new Transaction("t-" + i, MONDAY + i * 1_000L + i % 3 * 86_400_000L, "c-" + i, "m-1", i * 100L);
    }

    private void send(ProducerRecord<byte[], byte[]> record) throws ExecutionException, InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer = broker.producer(null)) {
            producer.send(record).get();
        }
    }

    private void abandonFilesAsAKilledArchiverWould() {
        RowFiles files = new RowFiles(table, 9);
        RecordRow row = new RecordRow(payments.schema(), table.schema());
        files.write(row.show(payment(1), MONDAY, 0, 999, 0));
        List<DataFile> neverCommitted = files.complete();
        assertThat(neverCommitted).hasSize(1);
    }

    private void rewriteEveryFileIntoOne() throws IOException {
        table.refresh();
        RowFiles files = new RowFiles(table, 0);
        RecordRow row = new RecordRow(payments.schema(), table.schema());
        for (Record old : rows()) {
            Transaction payment = new Transaction(
                    (String) old.getField("transactionId"),
                    (Long) old.getField("eventTimeMillis"),
                    (String) old.getField("customerId"),
                    (String) old.getField("terminalId"),
                    (Long) old.getField("amountCents"));
            files.write(row.show(
                    payment,
                    payment.getEventTimeMillis(),
                    (Integer) old.getField("kafka_partition"),
                    (Long) old.getField("kafka_offset"),
                    (Long) old.getField("arrival_millis")));
        }
        var rewrite = table.newRewrite();
        Snapshot before = table.currentSnapshot();
        try (var tasks = table.newScan().useSnapshot(before.snapshotId()).planFiles()) {
            tasks.forEach(task -> rewrite.deleteFile(task.file()));
        }
        files.complete().forEach(rewrite::addFile);
        rewrite.commit();
    }

    private Cut cut() {
        return new CutTable(lakehouse.events(payments)).cut();
    }

    private Origin origin(int partition) {
        return new Origin(payments.topic(), partition);
    }

    private List<Position> positions() throws IOException {
        List<Position> positions = new ArrayList<>();
        for (Record row : rows()) {
            positions.add(new Position(
                    origin((Integer) row.getField("kafka_partition")), (Long) row.getField("kafka_offset")));
        }
        assertThat(new HashSet<>(positions)).hasSameSizeAs(positions);
        return positions;
    }

    private List<Record> rows() throws IOException {
        return rows(lakehouse.events(payments));
    }

    private static List<Record> rows(Table table) throws IOException {
        try (CloseableIterable<Record> rows = IcebergGenerics.read(table).build()) {
            List<Record> copies = new ArrayList<>();
            rows.forEach(row -> copies.add(row.copy()));
            return copies;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
