package dev.anabranch.batch.training;

import dev.anabranch.contract.Wire;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** The last step: all views have answered, and answers become features. */
final class FeatureRows<E extends SpecificRecord> implements Function<Question, Row> {
    private final TrainingTask<E, ?> task;
    private transient Packing packing;
    private transient List<View<?>> views;
    private transient Wire<E> wire;

    FeatureRows(TrainingTask<E, ?> task) {
        this.task = task;
    }

    @Override
    public Row call(Question question) {
        if (wire == null) {
            wire = Wire.of(task.event().type()); // made once for each task, for it does not travel
            packing = new Packing();
            views = task.views();
        }
        List<WindowValues<?>> values = new ArrayList<>(views.size());
        for (int i = 0; i < views.size(); i++) {
            values.add(values(views.get(i), question.answers().get(i), question.atMillis()));
        }
        return RowFactory.create(
                question.id(),
                question.atMillis(),
                question.key(),
                question.target(),
                task.features(wire.decode(question.event()), values),
                question.recorded(),
                question.logged());
    }

    private <A> WindowValues<A> values(View<A> view, byte[] answer, long atMillis) {
        return packing.unpack(answer, in -> {
            List<A> windows = new ArrayList<>(view.windows().size());
            for (int i = 0; i < view.windows().size(); i++) {
                windows.add(view.monoid().read(in));
            }
            return new WindowValues<>(view, atMillis, windows);
        });
    }
}
