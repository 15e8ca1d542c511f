package dev.anabranch.batch.training;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.BatchSession;
import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.GenerationTable;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What a batch run may learn from: its snapshots, before its cut. */
public final class RunArchive implements Archive {
    private final BatchRun run;

    public RunArchive(BatchRun run) {
        this.run = run;
    }

    @Override
    public Dataset<Row> events(EventType<?> type) {
        Long snapshot = run.snapshots().get(EventTables.identifier(type).toString());
        BatchSession session = run.session();
        return snapshot == null
                ? session.spark()
                        .table(BatchSession.sqlName(EventTables.identifier(type)))
                        .limit(0)
                : session.events(type, snapshot).where(beforeCut(type.topic()));
    }

    private Column beforeCut(String topic) {
        Column any = lit(false);
        for (Map.Entry<Origin, Long> end :
                run.cut().onlyTopics(List.of(topic)).origins().entrySet()) {
            any = any.or(col(EventTables.KAFKA_PARTITION)
                    .equalTo(end.getKey().partition())
                    .and(col(EventTables.KAFKA_OFFSET).lt(end.getValue())));
        }
        return any;
    }

    @Override
    public Optional<Dataset<Row>> predictions() {
        TableIdentifier table = EventTables.predictionsIdentifier(run.useCase().name());
        return Optional.ofNullable(run.snapshots().get(table.toString()))
                .map(snapshot -> run.session().table(table, snapshot));
    }

    @Override
    public Map<Long, Cut> generations(String view) {
        return new GenerationTable(run.session().lakehouse()).cuts(view);
    }
}
