package dev.anabranch.speed;

import dev.anabranch.event.EventType;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Record;

/** Judges what was predicted of an event by each label that says something new about it. */
final class JudgeByLabels<L extends SpecificRecord> extends Judging<Passing<L>> {
    private final EventType<L> type;
    private final Label<L> label;

    JudgeByLabels(EventType<L> type, Label<L> label, Sweeps sweeps, Cases.Counted counted, CaseFile file) {
        super(label.within(), sweeps, counted, file, false);
        this.type = type;
        this.label = label;
    }

    @Override
    public void process(Record<String, Passing<L>> record) {
        L event = record.value().event();
        String about = label.about().apply(event);
        Case before = cases().of(about);
        CaseFile.Step step = file().labelled(
                        before,
                        about,
                        label.positive().test(event),
                        type.eventTimeMillis(event),
                        context().currentSystemTimeMs());
        if (step.next() == before) {
            cases().repeatedLabel();
        } else {
            take(about, step, record);
        }
    }
}
