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
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.view.Position;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
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
