package dev.anabranch.speed;

import dev.anabranch.quality.Outcome;
import java.time.Duration;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** One side of the meeting of predictions and labels: something comes, and outcomes go, and what is
 * to be learnt from. */
abstract class Judging<V> extends ContextualProcessor<String, V, String, SpecificRecord> {
    private final Duration labelledWithin;
    private final Sweeps sweeps;
    private final Cases.Counted counted;
    private final CaseFile file;
    private final boolean closes;
    private Cases cases;
    private Beat beat;

    /** @param closes whether this is the side that closes cases: one of the two, the busier */
    Judging(Duration labelledWithin, Sweeps sweeps, Cases.Counted counted, CaseFile file, boolean closes) {
        this.labelledWithin = labelledWithin;
        this.sweeps = sweeps;
        this.counted = counted;
        this.file = file;
        this.closes = closes;
    }

    @Override
    public void init(ProcessorContext<String, SpecificRecord> context) {
        super.init(context);
        KeyValueStore<Bytes, byte[]> store = context.getStateStore(Cases.STORE);
        cases = new Cases(store, labelledWithin, sweeps, counted);
        if (closes) {
            beat = new Beat(context, cases::closeSome);
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

    final CaseFile file() {
        return file;
    }

    /** Keeps the case and tells what came of it. Nothing is dated past its own record: a broker's time replaces this one. */
    final void take(String eventId, CaseFile.Step step, Record<String, V> because) {
        cases.keep(eventId, step);
        if (closes) {
            beat.rouse();
        }
        for (Outcome outcome : step.outcomes()) {
            forward(outcome.getJudged(), outcome, outcome.getEventTimeMillis(), because);
        }
        step.example()
                .ifPresent(example -> forward(example.getLearner(), example, example.getEventTimeMillis(), because));
    }

    private void forward(String key, SpecificRecord told, long eventTimeMillis, Record<String, V> because) {
        context().forward(new Record<>(key, told, Math.max(because.timestamp(), eventTimeMillis)));
    }
}
