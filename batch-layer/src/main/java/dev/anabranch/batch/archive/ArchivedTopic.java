package dev.anabranch.batch.archive;

import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.event.Admission;
import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.usecase.UseCases;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.iceberg.Table;

/**
 * A topic that is archived: which of its records are kept as rows, and in which table.
 *
 * @param <E> the record
 */
public interface ArchivedTopic<E extends SpecificRecord> {
    String topic();

    Schema schema();

    /** Its table, created when it is missing. */
    Table table(Lakehouse lakehouse);

    Admission<E> admit(byte[] key, byte[] value, long arrivalMillis);

    /** When it happened: decides the day it is filed under. */
    long eventTimeMillis(E record);

    /** Everything there is to archive: the events of every use case, and its predictions. */
    static List<ArchivedTopic<?>> all() {
        List<ArchivedTopic<?>> all = new ArrayList<>();
        for (UseCase useCase : UseCases.all()) {
            useCase.events().forEach(type -> all.add(events(type)));
            all.add(predictions(useCase.name()));
        }
        return all;
    }

    static <E extends SpecificRecord> ArchivedTopic<E> events(EventType<E> type) {
        return new ArchivedTopic<>() {
            @Override
            public String topic() {
                return type.topic();
            }

            @Override
            public Schema schema() {
                return type.schema();
            }

            @Override
            public Table table(Lakehouse lakehouse) {
                return lakehouse.events(type);
            }

            @Override
            public Admission<E> admit(byte[] key, byte[] value, long arrivalMillis) {
                return type.admit(key, value, arrivalMillis);
            }

            @Override
            public long eventTimeMillis(E event) {
                return type.eventTimeMillis(event);
            }
        };
    }

    static ArchivedTopic<Prediction> predictions(String useCase) {
        return new ArchivedTopic<>() {
            @Override
            public String topic() {
                return Topics.predictions(useCase);
            }

            @Override
            public Schema schema() {
                return Prediction.getClassSchema();
            }

            @Override
            public Table table(Lakehouse lakehouse) {
                return lakehouse.predictions(useCase);
            }

            @Override
            public Admission<Prediction> admit(byte[] key, byte[] value, long arrivalMillis) {
                if (value == null) {
                    return Admission.refused("A prediction must have a value, got none");
                }
                try {
                    return new Admission.Admitted<>(Wire.PREDICTION.decode(value));
                } catch (IllegalArgumentException e) {
                    return Admission.refused("The value cannot be read as a prediction: " + e.getMessage());
                }
            }

            @Override
            public long eventTimeMillis(Prediction prediction) {
                return prediction.getAtMillis();
            }
        };
    }
}
