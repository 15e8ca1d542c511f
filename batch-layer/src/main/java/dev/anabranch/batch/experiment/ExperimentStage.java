package dev.anabranch.batch.experiment;

import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.BatchSession;
import dev.anabranch.contract.Experiment;
import dev.anabranch.event.EventType;
import dev.anabranch.experiment.ArmResult;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.ExperimentResults;
import dev.anabranch.lakehouse.ExperimentResults.Found;
import dev.anabranch.quality.Outcome;
import dev.anabranch.quality.Outcomes;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.spark.SparkSchemaUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The part of a run that looks at the experiment with a model, if there is one, and keeps what its arms came to.
 *
 * <p>It reads the tables as they stood at the run's snapshots and, unlike what makes views, up to their end: the cut is of
 * whole blocks of a partition, and an arm with a small share might not fill one in all its time.
 */
public final class ExperimentStage {
    private final String entityField;

    /** @param entityField the field of a prediction's question that arms are given by: {@code customerId} */
    public ExperimentStage(String entityField) {
        this.entityField = entityField;
    }

    /** @param running the experiment, if there is one */
    public void run(BatchRun run, Optional<Experiment> running) {
        running.ifPresent(experiment -> run.stage(
                "look at experiment " + experiment.getNumber() + " with " + experiment.getModel(),
                () -> look(run, experiment)));
    }

    /** @return of how many predictions something came out */
    private long look(BatchRun run, Experiment experiment) {
        String useCase = run.useCase().name();
        List<ArmResult> arms = new ArmResultsStep(experiment, entityField)
                .apply(
                        table(run, EventTables.predictionsIdentifier(useCase), EventTables.predictionsSchema()),
                        outcomes(run));
        new ExperimentResults(run.session().lakehouse())
                .add(new Found(
                        experiment.getModel(),
                        experiment.getNumber(),
                        experiment.getPhase(),
                        arms,
                        run.id(),
                        run.startedMillis()));
        String any = arms.get(0).metric();
        return arms.stream()
                .filter(arm -> !arm.paired() && arm.metric().equals(any))
                .mapToLong(arm -> arm.sums().predictions())
                .sum();
    }

    /** Of a use case that nobody tells what came true there are none. */
    private static Dataset<Row> outcomes(BatchRun run) {
        EventType<?> type = run.useCase().events().stream()
                .filter(events -> events.type().equals(Outcome.class))
                .findFirst()
                .orElseGet(() -> Outcomes.of(run.useCase().name()));
        return table(run, EventTables.identifier(type), EventTables.schema(type));
    }

    private static Dataset<Row> table(BatchRun run, TableIdentifier identifier, Schema schema) {
        BatchSession session = run.session();
        Long snapshot = run.snapshots().get(identifier.toString());
        return snapshot == null
                ? session.spark().createDataFrame(List.of(), SparkSchemaUtil.convert(schema))
                : session.table(identifier, snapshot);
    }
}
