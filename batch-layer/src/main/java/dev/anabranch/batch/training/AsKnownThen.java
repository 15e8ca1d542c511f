package dev.anabranch.batch.training;

import dev.anabranch.view.Contribution;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.Timeline;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.CoGroupFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Questions about one view in, the same questions with their answers out: the history of an entity and the questions
 * about it meet in one place, and each question is answered from what was known when it was asked.
 */
final class AsKnownThen<A> {
    private final View<A> view;
    private final int index;
    private final int views;

    /**
     * @param index which of the questions' views it is; those before it have answered
     * @param views how many views the questions are about
     */
    AsKnownThen(View<A> view, int index, int views) {
        this.view = view;
        this.index = index;
        this.views = views;
    }

    Dataset<Row> answer(Dataset<Row> questions, Dataset<Row> history) {
        return questions
                .groupBy(functions
                        .col(Questions.entityName(index))
                        .as(ViewHistory.ENTITY)) // both sides must name it alike
                .as(Encoders.STRING(), Encoders.row(Questions.schema(views, index)))
                .cogroup(
                        history.groupBy(ViewHistory.ENTITY).as(Encoders.STRING(), Encoders.row(ViewHistory.SCHEMA)),
                        new Answers<>(view, index),
                        Encoders.row(Questions.schema(views, index + 1)));
    }

    private record Answers<A>(View<A> view, int index) implements CoGroupFunction<String, Row, Row, Row> {
        @Override
        public Iterator<Row> call(String entity, Iterator<Row> questions, Iterator<Row> history) {
            if (!questions.hasNext()) {
                return questions;
            }
            Timeline<A> timeline = timeline(entity, history);
            return stream(questions).map(question -> answer(question, timeline)).iterator();
        }

        private Timeline<A> timeline(String entity, Iterator<Row> history) {
            Timeline<A> timeline = new Timeline<>(view);
            Map<Origin, Origin> origins = new HashMap<>(); // few are shared by many
            while (history.hasNext()) {
                Row row = history.next();
                Origin origin = origins.computeIfAbsent(
                        new Origin(row.getString(ViewHistory.TOPIC), row.getInt(ViewHistory.PARTITION)), same -> same);
                A aggregate = Aggregates.read(view.monoid(), row.getAs(ViewHistory.AGGREGATE), 1)
                        .get(0);
                timeline.add(
                        new Contribution<>(entity, row.getLong(ViewHistory.TILE_START), aggregate),
                        new Position(origin, row.getLong(ViewHistory.OFFSET)),
                        row.getLong(ViewHistory.ARRIVAL));
            }
            return timeline;
        }

        private Row answer(Row question, Timeline<A> timeline) {
            WindowValues<A> values = timeline.read(question.getLong(Questions.AT), Questions.known(question, index));
            return Questions.answered(question, Aggregates.write(view.monoid(), values.values()));
        }

        private static Stream<Row> stream(Iterator<Row> rows) {
            Iterable<Row> once = () -> rows;
            return StreamSupport.stream(once.spliterator(), false);
        }
    }

    /** What a view answered. */
    static <A> WindowValues<A> values(View<A> view, Row question, int views, int index) {
        List<A> windows = Aggregates.read(
                view.monoid(),
                question.getAs(Questions.values(views, index)),
                view.windows().size());
        return new WindowValues<>(view, question.getLong(Questions.AT), windows);
    }
}
