package dev.anabranch.speed;

import dev.anabranch.contract.Prediction;
import java.time.Duration;
import org.apache.kafka.streams.processor.api.Record;

/** Opens a case for each prediction; judges it at once when its label has come before it. */
final class JudgePredictions extends Judging<Prediction> {
    JudgePredictions(Duration labelledWithin, Sweeps sweeps, Cases.Counted counted, CaseFile file) {
        super(labelledWithin, sweeps, counted, file, true);
    }

    @Override
    public void process(Record<String, Prediction> record) {
        Prediction prediction = record.value();
        Case before = cases().of(prediction.getEventId());
        CaseFile.Step step = file().predicted(before, prediction, context().currentSystemTimeMs());
        if (step.next() == before) {
            cases().repeatedPrediction();
        } else {
            take(prediction.getEventId(), step, record);
        }
    }
}
