package dev.anabranch.batch.training;

import dev.anabranch.contract.Prediction;
import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.view.Cut;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.apache.avro.specific.SpecificRecord;
import org.apache.iceberg.Schema;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** An archive that a test wrote down. */
public final class MemoryArchive implements Archive {
    private final SparkSession spark;
    private final Map<String, Dataset<Row>> events = new HashMap<>();
    private final Map<String, Map<Long, Cut>> generations = new HashMap<>();
    private Dataset<Row> predictions;

    public MemoryArchive(SparkSession spark) {
        this.spark = spark;
    }

    public <E extends SpecificRecord> MemoryArchive with(EventType<E> type, List<ArchivedEvent<E>> log) {
        events.put(type.name(), rows(EventTables.schema(type), log, type::eventTimeMillis));
        return this;
    }

    public MemoryArchive with(List<ArchivedEvent<Prediction>> log) {
        predictions = rows(EventTables.predictionsSchema(), log, Prediction::getAtMillis);
        return this;
    }

    public MemoryArchive with(String view, Map<Long, Cut> cuts) {
        generations.put(view, cuts);
        return this;
    }

    private <E extends SpecificRecord> Dataset<Row> rows(
            Schema table, List<ArchivedEvent<E>> log, ToLongFunction<E> time) {
        RowsAsArchived rows = new RowsAsArchived(table);
        return spark.createDataFrame(
                log.stream()
                        .map(archived -> rows.row(archived, time.applyAsLong(archived.event())))
                        .toList(),
                rows.schema());
    }

    @Override
    public Dataset<Row> events(EventType<?> type) {
        return events.get(type.name());
    }

    @Override
    public Optional<Dataset<Row>> predictions() {
        return Optional.ofNullable(predictions);
    }

    @Override
    public Map<Long, Cut> generations(String view) {
        return generations.getOrDefault(view, Map.of());
    }
}
