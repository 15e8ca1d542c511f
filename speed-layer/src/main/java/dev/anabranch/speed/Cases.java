package dev.anabranch.speed;

import dev.anabranch.contract.Wire;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The cases of one task: predictions that wait for a label, labels that wait for a prediction, and both together until no
 * other label may come. For one thread.
 *
 * <p>A case may close when its time is over and everything that stood in the log when it last changed has been read: so
 * nothing is missed because this process stood still, or reads a long log from its beginning.
 */
final class Cases {
    /** The store they are kept in. */
    static final String STORE = "cases";

    /** A label waits so long for a prediction that comes after it; most wait for one that was never made. */
    static final Duration LABEL_WAITS = Duration.ofMinutes(10);

    private static final Wire<Case> WIRE = Wire.of(Case.class);
    private static final int LOOKED_AT_ONCE = 2_000;

    private final KeyValueStore<Bytes, byte[]> store;
    private final Counted counted;
    private final Duration labelledWithin;
    private final Watermark read;
    private KeyValueIterator<Bytes, byte[]> round;
    private long nextRoundMillis; // nothing can be over before

    /** What becomes of labels and predictions. */
    record Counted(
            Counter outcomes,
            Counter corrections,
            Counter labelsAlone,
            Counter predictionsAlone,
            Counter repeatedLabels,
            Counter repeatedPredictions) {
        static Counted of(String useCase, MeterRegistry metrics) {
            return new Counted(
                    judged("first", useCase, metrics),
                    judged("correction", useCase, metrics),
                    unjudged("no-prediction", useCase, metrics),
                    unjudged("no-label", useCase, metrics),
                    unjudged("repeated-label", useCase, metrics),
                    unjudged("repeated-prediction", useCase, metrics));
        }

        private static Counter judged(String kind, String useCase, MeterRegistry metrics) {
            return Counter.builder("anabranch.speed.outcomes")
                    .description("Predictions that met a label, and those whose label was contradicted by a later one")
                    .tag("use.case", useCase)
                    .tag("kind", kind)
                    .register(metrics);
        }

        private static Counter unjudged(String reason, String useCase, MeterRegistry metrics) {
            return Counter.builder("anabranch.speed.unjudged")
                    .description("Labels and predictions that no outcome came of")
                    .tag("use.case", useCase)
                    .tag("reason", reason)
                    .register(metrics);
        }
    }

    /**
     * @param labelledWithin how long a prediction waits for a label, and for another one after that
     * @param sweeps         whether something that stood in the log is on its way still
     */
    Cases(KeyValueStore<Bytes, byte[]> store, Duration labelledWithin, Sweeps sweeps, Counted counted) {
        this.store = store;
        this.labelledWithin = labelledWithin;
        this.counted = counted;
        read = new Watermark(sweeps, true);
    }

    /** Null when nothing is known of the event. */
    Case of(String eventId) {
        byte[] kept = store.get(key(eventId));
        return kept == null ? null : WIRE.decode(kept);
    }

    /** Keeps what has changed, and counts what came of it. */
    void keep(String eventId, CaseFile.Step step) {
        store.put(key(eventId), WIRE.encode(step.next()));
        step.outcomes()
                .forEach(outcome -> (outcome.getCorrection() ? counted.corrections : counted.outcomes).increment());
    }

    void repeatedLabel() {
        counted.repeatedLabels.increment();
    }

    void repeatedPrediction() {
        counted.repeatedPredictions.increment();
    }

    /**
     * Looks at some cases, the next ones each time, and closes those whose time is over. A round begins when the first of those
     * that the last one left may be over; what has changed since then waits as long as anything does.
     */
    void closeSome(long nowMillis) {
        read.folded(nowMillis);
        long readUpTo = read.millis();
        if (round == null) {
            long waits = Math.min(LABEL_WAITS.toMillis(), labelledWithin.toMillis());
            boolean setBack = nextRoundMillis - nowMillis > waits; // the clock was
            if (nowMillis < nextRoundMillis && !setBack) {
                return;
            }
            round = store.all();
            nextRoundMillis = nowMillis + waits;
        }
        List<Bytes> over = new ArrayList<>();
        for (int looked = 0; looked < LOOKED_AT_ONCE && round.hasNext(); looked++) {
            KeyValue<Bytes, byte[]> each = round.next();
            if (each.value != null) {
                Case one = WIRE.decode(each.value);
                if (isOver(one, nowMillis, readUpTo)) {
                    over.add(each.key);
                } else {
                    nextRoundMillis = Math.min(nextRoundMillis, overMillis(one));
                }
            }
        }
        if (!round.hasNext()) {
            stop();
        }
        for (Bytes key : over) {
            byte[] kept = store.get(key); // it may have changed since the round began
            if (kept != null && isOver(WIRE.decode(kept), nowMillis, readUpTo)) {
                store.delete(key);
                count(WIRE.decode(kept));
            }
        }
    }

    /** Lets go of the store. */
    void stop() {
        if (round != null) {
            round.close();
            round = null;
        }
    }

    private boolean isOver(Case one, long nowMillis, long readUpToMillis) {
        return overMillis(one) < nowMillis && one.getChangedMillis() < readUpToMillis;
    }

    private long overMillis(Case one) {
        Duration waits = one.getPredictions().isEmpty() ? LABEL_WAITS : labelledWithin;
        return one.getChangedMillis() + waits.toMillis();
    }

    private void count(Case over) {
        if (over.getFinding() == null) {
            counted.predictionsAlone.increment(over.getPredictions().size());
        } else if (over.getPredictions().isEmpty()) {
            counted.labelsAlone.increment();
        }
    }

    private static Bytes key(String eventId) {
        return Bytes.wrap(eventId.getBytes(StandardCharsets.UTF_8));
    }
}
