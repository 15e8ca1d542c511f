package dev.anabranch.batch;

import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.Topics;
import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.CutTable;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.RecordRow;
import dev.anabranch.lakehouse.RowFiles;
import dev.anabranch.quality.Outcome;
import dev.anabranch.quality.Outcomes;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.Origin;
import dev.anabranch.view.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.avro.specific.SpecificRecord;
import org.apache.iceberg.Table;

/** A use case of which there is nothing but its predictions and what came true, archived as the archiver would. */
public final class JudgedUseCase implements UseCase {
    public final List<Prediction> predictions = new ArrayList<>();
    public final List<Outcome> outcomes = new ArrayList<>();

    private final String name;
    private final EventType<Outcome> type;
    private int archivedPredictions;
    private int archivedOutcomes;

    public JudgedUseCase(String name) {
        this.name = name;
        this.type = Outcomes.of(name);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<EventType<?>> events() {
        return List.of(type);
    }

    @Override
    public List<View<?>> views() {
        return List.of();
    }

    /**
     * Archives what has been added since the last time.
     *
     * @param arrivalMillis of the record at offset 0; each later one arrived a millisecond after the one before
     */
    public void archive(Lakehouse lakehouse, long arrivalMillis) {
        append(
                lakehouse.predictions(name),
                Topics.predictions(name),
                predictions,
                archivedPredictions,
                Prediction::getAtMillis,
                arrivalMillis);
        archivedPredictions = predictions.size();
        append(
                lakehouse.events(type),
                type.topic(),
                outcomes,
                archivedOutcomes,
                Outcome::getEventTimeMillis,
                arrivalMillis);
        archivedOutcomes = outcomes.size();
    }

    private static <E extends SpecificRecord> void append(
            Table table, String topic, List<E> records, int from, ToLongFunction<E> time, long arrivalMillis) {
        if (records.size() > from) {
            CutTable cut = new CutTable(table);
            RowFiles files = new RowFiles(table, 0);
            for (int i = from; i < records.size(); i++) {
                E record = records.get(i);
                files.write(new RecordRow(record.getSchema(), table.schema())
                        .show(record, time.applyAsLong(record), 0, i, arrivalMillis + i));
            }
            cut.append(files.complete(), cut.cut(), Map.of(new Origin(topic, 0), (long) records.size()));
        }
    }
}
