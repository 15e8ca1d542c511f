package dev.anabranch.batch.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.batch.ArchiveState;
import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.BatchSession;
import dev.anabranch.batch.TestBroker;
import dev.anabranch.batch.TestEvents;
import dev.anabranch.batch.TestPlatform;
import dev.anabranch.batch.archive.ArchiveNow;
import dev.anabranch.contract.Topics;
import dev.anabranch.event.Admission;
import dev.anabranch.event.EventType;
import dev.anabranch.quality.Outcome;
import dev.anabranch.quality.OutcomeSums;
import dev.anabranch.quality.Outcomes;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.Known;
import dev.anabranch.view.Position;
import dev.anabranch.view.Reading;
import dev.anabranch.view.View;
import dev.anabranch.view.oracle.NaiveFold;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outcomes, corrections among them, through archive and Spark: a generation says what the fold of their log says. */
class OutcomesViewTest {
    private static final String JUDGED = Outcomes.judged("judged-model", 3);
    private static final long FIRST = 20_000 * Duration.ofDays(1).toMillis();
    private static final long HOUR = Outcomes.HOP.toMillis();

    private final Judged judged = new Judged();
    private int produced;

    @TempDir
    Path folder;

    @Test
    void whatACorrectionTakesBackIsGoneFromTheGenerationThatHasIt() {
        TestBroker broker = TestBroker.get();
        if (!broker.hasTopic(Topics.GENERATIONS)) {
            broker.createCompactedTopic(Topics.GENERATIONS, 1);
        }
        broker.createTopic(judged.outcomes.topic(), Town.PARTITIONS);
        judged.views().forEach(view -> broker.createCompactedTopic(Topics.batchView(view.name()), Town.PARTITIONS));
        try (BatchSession session =
                BatchSession.start(new TestPlatform(folder, broker.bootstrapServers(), Town.PARTITIONS), "quality")) {
            for (int step = 0; step < 2; step++) {
                produce(broker, 1_700);
                ArchiveNow.archive(judged.outcomes, session.lakehouse(), broker.bootstrapServers(), 700);
                ArchiveState archive = ArchiveState.of(session.lakehouse(), judged);
                BatchRun run = new BatchRun(
                        "run-" + step,
                        judged,
                        session,
                        archive.cut(),
                        archive.snapshots(),
                        Optional.empty(),
                        Clock.systemUTC(),
                        stage -> {});
                Views views = new Views(run);
                views.bringUpToDate(judged.view, false);

                List<NaiveFold.Entry> log = log(broker);
                long newest = log.stream()
                        .mapToLong(entry -> ((Outcome) entry.event()).getEventTimeMillis())
                        .max()
                        .orElseThrow();
                for (long at : List.of(newest + HOUR, newest - 20 * HOUR)) {
                    Reading<OutcomeSums> reading = new PublishedView<>(judged.view).read(JUDGED, at);
                    assertThat(reading.exact()).isTrue();
                    assertThat(reading.generation()).isEqualTo(step + 1);
                    assertThat(reading.merged().get(2).scores().predictions()).isGreaterThan(400);
                    assertThat(reading.merged().get(2).amounts().amounts()).isGreaterThan(300);
                    assertThat(reading.merged().values())
                            .isEqualTo(NaiveFold.fold(judged.view, log, Known.upTo(reading.asOf()), JUDGED, at))
                            .allMatch(sums -> sums.scores().whole())
                            .allMatch(sums -> sums.amounts().whole());
                }
            }
        }
    }

    /** Half an hour lies between two; every third is taken back some time later. */
    private void produce(TestBroker broker, int count) {
        try (KafkaProducer<byte[], byte[]> producer = broker.producer(null)) {
            for (int i = 0; i < count; i++) {
                int about = produced % 3 == 2 ? produced - 2 : produced;
                Random same = new Random(about);
                double score = same.nextDouble();
                boolean positive = same.nextBoolean();
                boolean correction = about != produced;
                Outcome outcome = new Outcome(
                        "p" + about + (correction ? "-2" : "-1"),
                        FIRST + about * HOUR / 2,
                        JUDGED,
                        "p" + about,
                        "e" + about,
                        score,
                        positive != correction,
                        correction,
                        about % 5 == 0 ? null : same.nextLong(1_000_000));
                producer.send(TestEvents.record(judged.outcomes, outcome, PublishedView.partition(JUDGED)));
                produced++;
            }
            producer.flush();
        }
    }

    private List<NaiveFold.Entry> log(TestBroker broker) {
        List<NaiveFold.Entry> log = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : broker.read(judged.outcomes.topic())) {
            Position position = Position.of(record.topic(), record.partition(), record.offset());
            log.add(new NaiveFold.Entry(position, record.timestamp(), judged.decode(record)));
        }
        return log;
    }

    /** A use case of which there is nothing but how its model fares. */
    private static final class Judged implements UseCase {
        private final EventType<Outcome> outcomes = Outcomes.of("judged");
        private final View<OutcomeSums> view = Outcomes.view("judged", outcomes);

        @Override
        public String name() {
            return "judged";
        }

        @Override
        public List<EventType<?>> events() {
            return List.of(outcomes);
        }

        @Override
        public List<View<?>> views() {
            return List.of(view);
        }

        Outcome decode(ConsumerRecord<byte[], byte[]> record) {
            return ((Admission.Admitted<Outcome>) outcomes.admit(record.key(), record.value(), record.timestamp()))
                    .event();
        }
    }
}
