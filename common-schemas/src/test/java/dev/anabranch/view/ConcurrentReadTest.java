package dev.anabranch.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.view.oracle.NaiveFold;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ConcurrentReadTest {
    private static final View<CustomerActivity> VIEW = ViewFixture.MIXED;

    @Test
    void everyAnswerReadWhileEventsAreFoldedEqualsTheFoldAtItsPositions() {
        Platform<CustomerActivity> platform = new Platform<>(VIEW);
        requireExactWhileWritten(platform, platform.reader);
    }

    @Test
    void soDoesEveryAnswerOfReadersWhoShareWhatTheyHaveAddedUp() {
        Platform<CustomerActivity> platform = new Platform<>(VIEW);
        Remembering shared = new Remembering();
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
            ViewReader<CustomerActivity> reader = new ViewReader<>(VIEW, platform.batch, platform.speed, shared);
            while (!done.get()) {
                reader.read("c-1", 900);
            }
        });
        try {
            requireExactWhileWritten(platform, new ViewReader<>(VIEW, platform.batch, platform.speed, shared));
        } finally {
            done.set(true);
        }
        other.join();
        assertThat(shared.found).hasPositiveValue();
    }

    private static void requireExactWhileWritten(
            Platform<CustomerActivity> platform, ViewReader<CustomerActivity> reader) {
        List<NaiveFold.Entry> log = outOfOrder(new Random(7));
        Origin origin = new Origin(FraudEvents.TRANSACTION.topic(), 0);
        Cut first = Cut.NOTHING.with(origin, Cut.BLOCK);
        Cut second = Cut.NOTHING.with(origin, 2 * Cut.BLOCK);
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try {
                platform.foldFrom(log, Cut.NOTHING, second);
                publish(platform, log, 1, first, Cut.NOTHING);
                publish(platform, log, 2, second, first);
                platform.writer.prune(first);
                platform.foldFrom(log, second, Cut.NOTHING.with(origin, log.size()));
            } finally {
                done.set(true);
            }
        });
        List<Reading<CustomerActivity>> readings = new ArrayList<>();
        do {
            readings.add(reader.read("c-1", 900));
        } while (!done.get() && readings.size() < 100_000);
        writer.join();
        readings.add(reader.read("c-1", 900));
        Cut checked = null;
        for (Reading<CustomerActivity> reading : readings) {
            assertThat(reading.inexact()).isEmpty();
            if (!reading.asOf().equals(checked)) {
                checked = reading.asOf();
                assertThat(reading.merged().values())
                        .isEqualTo(NaiveFold.fold(VIEW, log, Known.upTo(checked), "c-1", 900));
            }
        }
        assertThat(checked).isEqualTo(Cut.NOTHING.with(origin, log.size()));
    }

    private static void publish(
            Platform<CustomerActivity> platform, List<NaiveFold.Entry> log, long generation, Cut cut, Cut floor) {
        platform.header(generation, cut, 0);
        platform.row(log, generation, cut, 0, "c-1");
        platform.footer(generation, floor);
    }

    /** Later offsets have earlier times as often as not, so a scan that is not atomic misses cells behind its back. */
    private static List<NaiveFold.Entry> outOfOrder(Random random) {
        List<NaiveFold.Entry> log = new ArrayList<>();
        for (int offset = 0; offset < 3000; offset++) {
            Transaction payment = new Transaction("t" + offset, (long) random.nextInt(1000), "c-1", "w-1", 1L);
            log.add(new NaiveFold.Entry(Position.of(FraudEvents.TRANSACTION.topic(), 0, offset), offset, payment));
        }
        return log;
    }
}
