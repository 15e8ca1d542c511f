package dev.anabranch.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.anabranch.event.Admission;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.Transaction;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class PacedPublisherTest {
    private static final long START = 1_700_000_000_000L;

    private final VirtualClock clock = new VirtualClock(START);
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final List<Long> sentAtMillis = new ArrayList<>();

    private final PublishListener whenSent = new PublishListener() {
        @Override
        public void sent(SimulatedEvent<?> event) {
            sentAtMillis.add(clock.wallMillis() - START);
        }
    };

    @Test
    void eventsArePublishedAtTheDistancesTheyHappenedAt() {
        publish(kafka(true), Pace.times(1), events(0, 500, 500, 2_000));
        assertThat(sentAtMillis).containsExactly(0L, 500L, 500L, 2_000L);
    }

    @Test
    void eventsArePublishedAThousandTimesFaster() {
        publish(kafka(true), Pace.times(1000), events(0, 1_000, 60_000));
        assertThat(sentAtMillis).containsExactly(0L, 1L, 60L);
    }

    @Test
    void eventsArePublishedAtARate() {
        publish(kafka(true), Pace.perSecond(4), events(0, 1, 2, 3));
        assertThat(sentAtMillis).containsExactly(0L, 250L, 500L, 750L);
    }

    @Test
    void eventsOfThePastArePublishedAtOnceAndLaterOnesWhenTheyHappen() {
        publish(kafka(true), Pace.asItHappens(), events(-86_400_000, -1, 0, 40, 10_000));
        assertThat(sentAtMillis).containsExactly(0L, 0L, 0L, 40L, 10_000L);
    }

    @Test
    void aRecordIsAnEventByTheRulesOfItsType() {
        MockProducer<byte[], byte[]> kafka = kafka(true);
        Published published = publish(kafka, Pace.max(), events(0, 1));
        assertThat(published.of(FraudEvents.TRANSACTION)).isEqualTo(2);
        assertThat(published.complete()).isTrue();
        ProducerRecord<byte[], byte[]> record = kafka.history().get(1);
        assertThat(record.topic()).isEqualTo("events.transaction");
        assertThat(record.timestamp()).isNull();
        assertThat(FraudEvents.TRANSACTION.admit(record.key(), record.value(), START + 1))
                .isEqualTo(new Admission.Admitted<>(transaction(1, START + 1)));
    }

    @Test
    void anEventTheBrokerDoesNotAcknowledgeFailsTheRunAndIsNamed() {
        MockProducer<byte[], byte[]> kafka = kafka(false);
        PublishListener refuse = new PublishListener() {
            @Override
            public void sent(SimulatedEvent<?> event) {
                kafka.errorNext(new TimeoutException("expired"));
            }
        };
        EventProducer producer = new EventProducer(kafka, "Kafka", List.of(FraudEvents.TRANSACTION), refuse);
        PacedPublisher publisher = new PacedPublisher(producer, Pace.max(), clock, progress(false));
        assertThatThrownBy(() -> publisher.publish(events(0, 1), () -> Double.NaN))
                .isInstanceOf(NotPublishedException.class)
                .hasMessage("Kafka must acknowledge every event, and did not for one of events.transaction with key"
                        + " 'c-1': expired");
    }

    @Test
    void anEventWaitsForTheAcknowledgementOfTheOneAWholeStretchAheadOfIt() {
        MockProducer<byte[], byte[]> kafka = kafka(false);
        EventProducer producer =
                new EventProducer(kafka, "Kafka", List.of(FraudEvents.TRANSACTION), PublishListener.NONE);
        PacedPublisher publisher = new PacedPublisher(producer, Pace.max(), clock, progress(false));
        CompletableFuture<Published> published = CompletableFuture.supplyAsync(
                () -> publisher.publish(events(new long[EventProducer.IN_FLIGHT + 2]), () -> Double.NaN));
        for (int acknowledged = 0; acknowledged < 2; acknowledged++) {
            int stretch = EventProducer.IN_FLIGHT + acknowledged;
            await().until(() -> producer.sent() == stretch);
            await().during(Duration.ofMillis(100)).until(() -> producer.sent() == stretch);
            kafka.completeNext();
        }
        assertThat(published.join().total()).isEqualTo(EventProducer.IN_FLIGHT + 2); // a flush acknowledges the rest
    }

    @Test
    void whatWasReadBeforeAFailureIsAcknowledgedBeforeItIsReported() {
        Iterator<SimulatedEvent<?>> broken = TimeOrder.concat(events(0, 1), new Iterator<>() {
            @Override
            public boolean hasNext() {
                throw new IllegalStateException("line 3");
            }

            @Override
            public SimulatedEvent<?> next() {
                throw new IllegalStateException("line 3");
            }
        });
        MockProducer<byte[], byte[]> kafka = kafka(false); // acknowledges when flushed
        EventProducer producer =
                new EventProducer(kafka, "Kafka", List.of(FraudEvents.TRANSACTION), PublishListener.NONE);
        PacedPublisher publisher = new PacedPublisher(producer, Pace.max(), clock, progress(false));
        assertThatThrownBy(() -> publisher.publish(broken, () -> Double.NaN)).hasMessage("line 3");
        assertThat(producer.acknowledged()).isEqualTo(2);
    }

    @Test
    void aStoppedPublisherKeepsWhatItSent() {
        EventProducer[] producer = new EventProducer[1];
        PacedPublisher[] publisher = new PacedPublisher[1];
        PublishListener stopAfterThree = new PublishListener() {
            @Override
            public void sent(SimulatedEvent<?> event) {
                if (producer[0].sent() == 3) {
                    publisher[0].stop();
                }
            }
        };
        producer[0] = new EventProducer(kafka(true), "Kafka", List.of(FraudEvents.TRANSACTION), stopAfterThree);
        publisher[0] = new PacedPublisher(producer[0], Pace.times(1), clock, progress(false));
        Published published = publisher[0].publish(events(0, 1, 2, 3, 4), () -> Double.NaN);
        assertThat(published.total()).isEqualTo(3);
        assertThat(published.complete()).isFalse();
    }

    @Test
    void progressIsPlainLinesWhenNobodyWatches() {
        EventProducer producer =
                new EventProducer(kafka(true), "Kafka", List.of(FraudEvents.TRANSACTION), PublishListener.NONE);
        new PacedPublisher(producer, Pace.times(1), clock, progress(false))
                .publish(events(0, 1_000, 25_000), () -> 0.5);
        assertThat(shown.toString(StandardCharsets.UTF_8).lines())
                .hasSize(3)
                .allMatch(line -> line.startsWith("replay 50 %"))
                .last()
                .isEqualTo("replay 50 %  3 sent  3 acknowledged  0 events/s  2023-11-14T22:13:45Z");
    }

    @Test
    void progressIsOneLineDrawnAgainWhenAPersonWatches() {
        EventProducer producer =
                new EventProducer(kafka(true), "Kafka", List.of(FraudEvents.TRANSACTION), PublishListener.NONE);
        new PacedPublisher(producer, Pace.times(1), clock, progress(true)).publish(events(0, 1_000), () -> 0.25);
        assertThat(shown.toString(StandardCharsets.UTF_8))
                .startsWith("\rreplay [######------------------] 25 %")
                .endsWith(System.lineSeparator())
                .containsOnlyOnce(System.lineSeparator());
    }

    private Published publish(MockProducer<byte[], byte[]> kafka, Pace pace, Iterator<SimulatedEvent<?>> events) {
        EventProducer producer = new EventProducer(kafka, "Kafka", List.of(FraudEvents.TRANSACTION), whenSent);
        return new PacedPublisher(producer, pace, clock, progress(false)).publish(events, () -> Double.NaN);
    }

    private Progress progress(boolean watched) {
        return new Progress(new PrintStream(shown, true, StandardCharsets.UTF_8), watched, "replay");
    }

    private static MockProducer<byte[], byte[]> kafka(boolean acknowledgesAtOnce) {
        return new MockProducer<>(acknowledgesAtOnce, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static Iterator<SimulatedEvent<?>> events(long... millisAfterStart) {
        return IntStream.range(0, millisAfterStart.length)
                .<SimulatedEvent<?>>mapToObj(
                        i -> new SimulatedEvent<>(FraudEvents.TRANSACTION, transaction(i, START + millisAfterStart[i])))
                .iterator();
    }

    private static Transaction transaction(int id, long atMillis) {
        return new Transaction("x-" + id, atMillis, "c-1", "t-1", 100L);
    }
}
