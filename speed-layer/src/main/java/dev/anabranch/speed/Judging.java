package dev.anabranch.speed;

import dev.anabranch.quality.Outcome;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** One side of the meeting of predictions and labels: something comes, and outcomes go. */
abstract class Judging<V> extends ContextualProcessor<String, V, String, Outcome> {
    private static final Duration BEAT = Duration.ofSeconds(1);

    private final Duration labelledWithin;
    private final Sweeps sweeps;
    private final Cases.Counted counted;
    private final boolean closes;
    private Cases cases;

    /** @param closes whether this is the side that closes cases: one of the two */
    Judging(Duration labelledWithin, Sweeps sweeps, Cases.Counted counted, boolean closes) {
        this.labelledWithin = labelledWithin;
        this.sweeps = sweeps;
        this.counted = counted;
        this.closes = closes;
    }

    @Override
    public void init(ProcessorContext<String, Outcome> context) {
        super.init(context);
        KeyValueStore<Bytes, byte[]> store = context.getStateStore(Cases.STORE);
        cases = new Cases(store, labelledWithin, sweeps, counted);
        if (closes) {
            context.schedule(Instant.EPOCH, BEAT, PunctuationType.WALL_CLOCK_TIME, cases::closeSome);
        }
    }

    @Override
    public void close() {
        if (cases != null) {
            cases.stop();
        }
    }

    final Cases cases() {
        return cases;
    }

    /** Keeps the case and tells its outcomes. None is dated past its own record: a broker's time replaces this one. */
    final void take(String eventId, CaseFile.Step step, Record<String, V> because) {
        cases.keep(eventId, step);
        for (Outcome outcome : step.outcomes()) {
            context()
                    .forward(new Record<>(
                            outcome.getJudged(), outcome, Math.max(because.timestamp(), outcome.getEventTimeMillis())));
        }
    }
}
