package dev.anabranch.batch.training;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.BatchSession;
import dev.anabranch.batch.EventTables;
import dev.anabranch.event.EventType;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What a batch run may learn from: its snapshots, before its cut. */
public final class RunArchive implements Archive {
    private static final TableIdentifier GENERATIONS = TableIdentifier.of("views", "generations");

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
        Map<Long, Cut> cuts = new HashMap<>();
        if (run.session().lakehouse().catalog().tableExists(GENERATIONS)) {
            run.session()
                    .spark()
                    .table(BatchSession.sqlName(GENERATIONS))
                    .where(col("view").equalTo(view))
                    .select("generation", "cut")
                    .collectAsList()
                    .forEach(row -> cuts.put(row.getLong(0), cut(row.getList(1))));
        }
        return cuts;
    }

    private static Cut cut(List<Row> origins) {
        Map<Origin, Long> before = new HashMap<>();
        origins.forEach(row ->
                before.put(new Origin(row.getAs("topic"), row.<Integer>getAs("partition")), row.<Long>getAs("offset")));
        return Cut.of(before);
    }
}
