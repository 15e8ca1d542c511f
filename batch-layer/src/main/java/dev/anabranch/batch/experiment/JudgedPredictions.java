package dev.anabranch.batch.experiment;

import dev.anabranch.batch.BatchRun;
import dev.anabranch.contract.Experiment;
import dev.anabranch.event.EventType;
import dev.anabranch.experiment.ArmResult;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.quality.Outcome;
import dev.anabranch.quality.Outcomes;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Where a model scores events and labels say what came true: by what its predictions cost. */
public final class JudgedPredictions implements ArmResults {
    private final String entityField;

    /** @param entityField the field of a prediction's question that arms are given by: {@code customerId} */
    public JudgedPredictions(String entityField) {
        this.entityField = entityField;
    }

    @Override
    public List<ArmResult> of(BatchRun run, Experiment experiment) {
        Dataset<Row> predictions =
                run.rows(EventTables.predictionsIdentifier(run.useCase().name()), EventTables.predictionsSchema());
        return new ArmResultsStep(experiment, entityField).apply(predictions, outcomes(run));
    }

    /** Of a use case that nobody tells what came true there are none. */
    private static Dataset<Row> outcomes(BatchRun run) {
        EventType<?> type = run.useCase().events().stream()
                .filter(events -> events.type().equals(Outcome.class))
                .findFirst()
                .orElseGet(() -> Outcomes.of(run.useCase().name()));
        return run.rows(type);
    }
}
