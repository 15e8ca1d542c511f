package dev.anabranch.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.batch.archive.ArchiveNow;
import dev.anabranch.contract.OriginOffset;
import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.ScoringPath;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.ViewReading;
import dev.anabranch.contract.Wire;
import dev.anabranch.event.EventType;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.lakehouse.CutTable;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.RecordRow;
import dev.anabranch.lakehouse.RowFiles;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.recommendation.Shown;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes into the archive through Kafka comes out of it through Spark as it was. */
class ArchivedRowsTest {
    private final TestBroker broker = TestBroker.get();

    @TempDir
    Path folder;

    @Test
    void eventsAndPredictionsComeBackAsTheyWereWithTheirPositions() {
        EventType<Transaction> payments = TestEvents.payments();
        String useCase = "case-" + payments.name();
        Transaction payment = new Transaction("t-1", 1_750_636_800_123L, "c-1", "m-1", 4_200L);
        Prediction prediction = prediction(useCase);
        broker.createTopic(payments.topic(), 1);
        broker.createTopic(Topics.predictions(useCase), 1);
        try (KafkaProducer<byte[], byte[]> producer = broker.producer(null)) {
            producer.send(TestEvents.record(payments, payment, 0));
            producer.send(new ProducerRecord<>(
                    Topics.predictions(useCase),
                    "c-1".getBytes(StandardCharsets.UTF_8),
                    Wire.PREDICTION.encode(prediction)));
        }
        TestPlatform platform = new TestPlatform(folder, broker.bootstrapServers(), 1);
        try (BatchSession session = BatchSession.start(platform, "rows")) {
            Lakehouse lakehouse = session.lakehouse();
            ArchiveNow.archive(payments, lakehouse, broker.bootstrapServers(), 10);
            ArchiveNow.archivePredictions(useCase, lakehouse, broker.bootstrapServers(), 10);

            long snapshot = lakehouse.events(payments).currentSnapshot().snapshotId();
            ArchivedEvent<Transaction> archived = ArchivedRows.of(payments)
                    .read(session.events(payments, snapshot).first());
            assertThat(archived.event()).isEqualTo(payment);
            assertThat(archived.position()).isEqualTo(Position.of(payments.topic(), 0, 0));
            assertThat(archived.arrivalMillis()).isPositive();

            long ofPredictions =
                    lakehouse.predictions(useCase).currentSnapshot().snapshotId();
            ArchivedEvent<Prediction> scored = ArchivedRows.predictions(useCase)
                    .read(session.table(EventTables.predictionsIdentifier(useCase), ofPredictions)
                            .first());
            assertThat(scored.event()).isEqualTo(prediction);
        }
    }

    /** A run reads snapshots; one may be from before a release whose events have more fields. */
    @Test
    void aRowOfASnapshotFromBeforeAFieldWasAddedHasItsDefault() {
        EventType<Shown> type = RecommendationEvents.SHOWN;
        Shown before = Shown.newBuilder()
                .setAnswerId("a-1")
                .setEventTimeMillis(1_750_636_800_123L)
                .setUserId("u-1")
                .setContext("")
                .setRanker("recommendation-1")
                .setVariant("champion")
                .setVectorsVersion(3)
                .setItems(List.of("i-1", "i-2"))
                .build();
        TestPlatform platform = new TestPlatform(folder, broker.bootstrapServers(), 1);
        try (BatchSession session = BatchSession.start(platform, "older")) {
            Lakehouse lakehouse = session.lakehouse();
            Set<String> since = Set.of(
                    "scores",
                    "features",
                    "rankerSha256",
                    "vectorsSha256",
                    "most",
                    "excludeSeen",
                    "filter",
                    "rescored",
                    "exact",
                    "readings");
            Schema older = new Schema(EventTables.schema(type).columns().stream()
                    .filter(column -> !since.contains(column.name()))
                    .toList());
            CutTable table =
                    new CutTable(lakehouse.table(EventTables.identifier(type), older, PartitionSpec.unpartitioned()));
            RowFiles files = new RowFiles(table.table(), 0);
            files.write(new RecordRow(Shown.getClassSchema(), table.table().schema())
                    .show(before, before.getEventTimeMillis(), 0, 0, 1));
            table.append(files.complete(), Cut.NOTHING, Map.of(new Origin(type.topic(), 0), 1L));
            long snapshot = table.table().currentSnapshot().snapshotId();
            assertThat(lakehouse.events(type).schema().findField("readings"))
                    .as("the table has been widened since")
                    .isNotNull();

            Dataset<Row> rows = session.events(type, snapshot);
            assertThat(ArchivedRows.of(type).read(rows.first()).event()).isEqualTo(before);
            assertThat(ArchivedRows.of(type).read(rows.drop("readings").first()).event())
                    .isEqualTo(before);
        }
    }

    private static Prediction prediction(String useCase) {
        return Prediction.newBuilder()
                .setPredictionId("rest-1")
                .setUseCase(useCase)
                .setEventId("")
                .setPath(ScoringPath.REST)
                .setAtMillis(1_750_636_800_000L)
                .setMadeMillis(1_750_636_800_001L)
                .setQuestion(Map.of("customerId", "c-1", "amountCents", "4200"))
                .setFeatures(List.of(1.0, 0.1, Double.MIN_VALUE))
                .setModel(useCase)
                .setModelVersion(3)
                .setModelSha256("00")
                .setVariant("champion")
                .setScore(0.25)
                .setReadings(List.of(
                        new ViewReading("v.one", "c-1", 2L, List.of(new OriginOffset("events.x", 1, 17L)), true),
                        new ViewReading("v.two", "m-1", 0L, List.of(), false)))
                .build();
    }
}
