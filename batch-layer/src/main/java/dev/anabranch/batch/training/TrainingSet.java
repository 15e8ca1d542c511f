package dev.anabranch.batch.training;

import dev.anabranch.batch.ArchivedRows;
import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.ScoringPath;
import dev.anabranch.contract.ViewReading;
import dev.anabranch.contract.Wire;
import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Position;
import dev.anabranch.view.Reading;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.spark.api.java.function.CoGroupFunction;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Labelled events in, rows to train on out, each with its features as known then.
 *
 * <p>For a labelled event every view is read as of its event time, over the events that came before it: up to the
 * positions recorded with its prediction where one was logged (so training sees to the bit what was served), by arrival
 * otherwise. An event without a label in the archive gives no row; of several labels the one that arrived last holds.
 *
 * @param <E> the event a model is asked about
 * @param <L> its label
 */
public final class TrainingSet<E extends SpecificRecord, L extends SpecificRecord> {
    /** The id of the event; of the prediction, in {@link #replayed}. */
    public static final String ID = "id";
    /** When it happened, in epoch milliseconds. */
    public static final String AT_MILLIS = "at_millis";
    /** The key of its record: whom it is about. */
    public static final String ENTITY_KEY = "entity_key";
    /** The label: 1 or 0. */
    public static final String TARGET = "target";
    /** The features, as an array of doubles. */
    public static final String FEATURES = "features";
    /** Whether recorded positions said what was known, rather than arrival. */
    public static final String RECORDED = "recorded";
    /** The features that were logged, as an array of doubles; null unless a prediction is replayed. */
    public static final String LOGGED = "logged";

    private static final StructType SCHEMA = new StructType()
            .add(ID, DataTypes.StringType, false)
            .add(AT_MILLIS, DataTypes.LongType, false)
            .add(ENTITY_KEY, DataTypes.StringType, false)
            .add(TARGET, DataTypes.DoubleType, true)
            .add(FEATURES, DataTypes.createArrayType(DataTypes.DoubleType, false), false)
            .add(RECORDED, DataTypes.BooleanType, false)
            .add(LOGGED, DataTypes.createArrayType(DataTypes.DoubleType, false), true);

    private final TrainingTask<E, L> task;

    public TrainingSet(TrainingTask<E, L> task) {
        this.task = task;
    }

    /**
     * One row for each labelled event that happened from {@code fromMillis} on and before {@code toMillis}.
     *
     * @param archive what may be learnt from: labels that are not in it have not arrived yet
     */
    public Dataset<Row> of(Archive archive, long fromMillis, long toMillis) {
        Dataset<Row> labelled = withFindings(
                events(archive, fromMillis, toMillis),
                labels(archive, fromMillis),
                predictions(archive, fromMillis, toMillis));
        return answered(labelled, archive, fromMillis);
    }

    /**
     * One row for each logged prediction, with its features as the archive gives them for the recorded positions, beside
     * those that were logged.
     */
    public Dataset<Row> replayed(Archive archive) {
        return replayed(archive, true);
    }

    /**
     * The same as {@link #replayed}, had nothing been recorded: known is what arrived before the prediction was made.
     */
    public Dataset<Row> replayedByArrival(Archive archive) {
        return replayed(archive, false);
    }

    private Dataset<Row> replayed(Archive archive, boolean recorded) {
        Dataset<Row> questions = archive.predictions()
                .orElseThrow(() -> new IllegalStateException(
                        "Predictions of " + task.event().name() + " must have been archived to be replayed, got none"))
                .map(new Asked<>(task, logged(), asOf(archive), recorded), Encoders.row(Questions.schema(views(), 0)));
        return answered(questions, archive, 0);
    }

    private Dataset<Row> answered(Dataset<Row> questions, Archive archive, long fromMillis) {
        Dataset<Row> answered = questions;
        for (int i = 0; i < views(); i++) {
            answered = answered(answered, task.views().get(i), i, archive, fromMillis);
        }
        return answered.map(new Features<>(task), Encoders.row(SCHEMA));
    }

    private <A> Dataset<Row> answered(
            Dataset<Row> questions, View<A> view, int index, Archive archive, long fromMillis) {
        long earliest = Math.max(0, fromMillis - view.reach().toMillis());
        return new AsKnownThen<>(view, index, views()).answer(questions, ViewHistory.of(view, archive, earliest));
    }

    private ArchivedRows<Prediction> logged() {
        return ArchivedRows.predictions(task.views().get(0).useCase());
    }

    private int views() {
        return task.views().size();
    }

    private Dataset<Row> events(Archive archive, long fromMillis, long toMillis) {
        return archive.events(task.event())
                .where(happened(fromMillis, toMillis))
                .map(
                        new AskedEvents<>(task, ArchivedRows.of(task.event())),
                        Encoders.row(Questions.schema(views(), 0)));
    }

    private Dataset<Row> labels(Archive archive, long fromMillis) {
        EventType<L> type = task.label();
        // A label is never older than what it is about.
        return archive.events(type)
                .where(functions.col(EventTables.EVENT_TIME).geq(millis(fromMillis)))
                .map(new Labels<>(task, ArchivedRows.of(type)), Encoders.row(Finding.SCHEMA));
    }

    private Optional<Dataset<Row>> predictions(Archive archive, long fromMillis, long toMillis) {
        return archive.predictions()
                .map(logged -> logged.where(happened(fromMillis, toMillis))
                        .flatMap(new Predictions(logged(), asOf(archive)), Encoders.row(Finding.SCHEMA)));
    }

    private Dataset<Row> withFindings(Dataset<Row> events, Dataset<Row> labels, Optional<Dataset<Row>> predictions) {
        Dataset<Row> findings = predictions.map(labels::union).orElse(labels);
        return events.groupBy(ID)
                .as(Encoders.STRING(), Encoders.row(Questions.schema(views(), 0)))
                .cogroup(
                        findings.groupBy(ID).as(Encoders.STRING(), Encoders.row(Finding.SCHEMA)),
                        new WithFindings(),
                        Encoders.row(Questions.schema(views(), 0)));
    }

    private AsOf asOf(Archive archive) {
        Map<String, Map<Long, Cut>> generations = new HashMap<>();
        List<String> names = new ArrayList<>();
        for (View<?> view : task.views()) {
            generations.put(view.name(), new HashMap<>(archive.generations(view.name())));
            names.add(view.name());
        }
        return new AsOf(names, generations);
    }

    private static Column happened(long fromMillis, long toMillis) {
        Column time = functions.col(EventTables.EVENT_TIME);
        return time.geq(millis(fromMillis)).and(time.lt(millis(toMillis)));
    }

    private static Column millis(long epochMillis) {
        return functions.timestamp_millis(functions.lit(epochMillis));
    }

    /** Archived events as questions, with neither label nor recorded positions yet. */
    private record AskedEvents<E extends SpecificRecord>(TrainingTask<E, ?> task, ArchivedRows<E> rows)
            implements MapFunction<Row, Row> {
        @Override
        public Row call(Row row) {
            EventType<E> type = task.event();
            ArchivedEvent<E> archived = rows.read(row);
            E event = archived.event();
            return question(
                    task,
                    type.eventId(event),
                    event,
                    archived.position(),
                    archived.arrivalMillis(),
                    null,
                    new Cut[task.views().size()]);
        }
    }

    /** Logged predictions as questions about what they were asked. */
    private record Asked<E extends SpecificRecord>(
            TrainingTask<E, ?> task, ArchivedRows<Prediction> rows, AsOf asOf, boolean recorded)
            implements MapFunction<Row, Row> {
        /** Earlier than anything else that arrives in the same millisecond. */
        private static final Position FIRST = Position.of("", 0, 0);

        @Override
        public Row call(Row row) {
            Prediction prediction = ArchivedRows.predictions(task.views().get(0).useCase())
                    .read(row)
                    .event();
            Cut[] known = recorded ? asOf.of(prediction) : new Cut[task.views().size()];
            double[] logged = prediction.getFeatures().stream()
                    .mapToDouble(Double::doubleValue)
                    .toArray();
            return question(
                    task,
                    prediction.getPredictionId(),
                    task.asked(prediction),
                    FIRST,
                    prediction.getMadeMillis(),
                    logged,
                    known);
        }
    }

    private static <E extends SpecificRecord> Row question(
            TrainingTask<E, ?> task,
            String id,
            E event,
            Position position,
            long arrivalMillis,
            double[] logged,
            Cut[] known) {
        EventType<E> type = task.event();
        List<View<?>> views = task.views();
        Object[] columns = new Object[Questions.schema(views.size(), 0).size()];
        columns[Questions.ID] = id;
        columns[Questions.AT] = type.eventTimeMillis(event);
        columns[Questions.TOPIC] = position.origin().topic();
        columns[Questions.PARTITION] = position.origin().partition();
        columns[Questions.OFFSET] = position.offset();
        columns[Questions.ARRIVAL] = arrivalMillis;
        columns[Questions.KEY] = type.key(event);
        columns[Questions.EVENT] = type.encode(event);
        columns[Questions.LOGGED] = logged;
        for (int i = 0; i < views.size(); i++) {
            columns[Questions.entity(i)] = task.entity(views.get(i), event);
            columns[Questions.known(i)] = known[i] == null ? null : CutBytes.write(known[i]);
        }
        return RowFactory.create(columns);
    }

    /** What became known of an event later: its label, or the prediction made of it. */
    private static final class Finding {
        static final int POSITION = 1;
        static final int TARGET = 4;
        static final int KNOWN = 5;

        /** A label has a target; a prediction has, for each view, the cut that was known, or null. */
        static final StructType SCHEMA = new StructType()
                .add(ID, DataTypes.StringType, false)
                .add("arrival_millis", DataTypes.LongType, false)
                .add("kafka_partition", DataTypes.IntegerType, false)
                .add("kafka_offset", DataTypes.LongType, false)
                .add(TrainingSet.TARGET, DataTypes.DoubleType, true)
                .add("known", DataTypes.createArrayType(DataTypes.BinaryType, true), true);

        /** Arrival, then position: the order in which findings of one kind came in. */
        static final Comparator<Row> ARRIVED = Comparator.<Row>comparingLong(row -> row.getLong(POSITION))
                .thenComparingInt(row -> row.getInt(POSITION + 1))
                .thenComparingLong(row -> row.getLong(POSITION + 2));
    }

    private record Labels<L extends SpecificRecord>(TrainingTask<?, L> task, ArchivedRows<L> rows)
            implements MapFunction<Row, Row> {
        @Override
        public Row call(Row row) {
            ArchivedEvent<L> label = rows.read(row);
            return RowFactory.create(
                    task.labelledEventId(label.event()),
                    label.arrivalMillis(),
                    label.position().origin().partition(),
                    label.position().offset(),
                    task.target(label.event()),
                    null);
        }
    }

    private record Predictions(ArchivedRows<Prediction> rows, AsOf asOf) implements FlatMapFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Row row) {
            ArchivedEvent<Prediction> archived = rows.read(row);
            Prediction prediction = archived.event();
            // One over REST is made before its event, if there is one at all: it knew something else.
            if (prediction.getEventId().isEmpty() || prediction.getPath() != ScoringPath.STREAM) {
                return List.<Row>of().iterator();
            }
            Cut[] known = asOf.of(prediction);
            byte[][] bytes = new byte[known.length][];
            for (int i = 0; i < known.length; i++) {
                bytes[i] = known[i] == null ? null : CutBytes.write(known[i]);
            }
            return List.of(RowFactory.create(
                            prediction.getEventId(),
                            archived.arrivalMillis(),
                            archived.position().origin().partition(),
                            archived.position().offset(),
                            null,
                            bytes))
                    .iterator();
        }
    }

    /**
     * What each view knew when a prediction was made.
     *
     * @param views       the names of the views, in the task's order
     * @param generations the cut of each generation, by view
     */
    private record AsOf(List<String> views, Map<String, Map<Long, Cut>> generations) implements Serializable {
        Cut[] of(Prediction prediction) {
            Cut[] known = new Cut[views.size()];
            for (ViewReading reading : prediction.getReadings()) {
                int view = views.indexOf(reading.getView());
                if (view >= 0) {
                    known[view] =
                            Reading.asOf(cut(prediction, reading), new TreeMap<>(Cuts.readOffsets(reading.getLast())));
                }
            }
            return known;
        }

        private Cut cut(Prediction prediction, ViewReading reading) {
            if (reading.getGeneration() == 0) {
                return Cut.NOTHING;
            }
            Cut cut = generations.get(reading.getView()).get(reading.getGeneration());
            if (cut == null) {
                throw new IllegalStateException(
                        "Prediction " + prediction.getPredictionId() + " was made from generation "
                                + reading.getGeneration() + " of " + reading.getView()
                                + ", which must be among the recorded generations, got "
                                + generations.get(reading.getView()).keySet());
            }
            return cut;
        }
    }

    /** Gives each event the label that arrived last and the positions recorded first; without a label it is dropped. */
    private static final class WithFindings implements CoGroupFunction<String, Row, Row, Row> {
        @Override
        public Iterator<Row> call(String id, Iterator<Row> events, Iterator<Row> findings) {
            if (!events.hasNext()) {
                return events;
            }
            Row label = null;
            Row prediction = null;
            while (findings.hasNext()) {
                Row finding = findings.next();
                boolean labels = !finding.isNullAt(Finding.TARGET);
                if (labels && (label == null || Finding.ARRIVED.compare(finding, label) > 0)) {
                    label = finding;
                } else if (!labels && (prediction == null || Finding.ARRIVED.compare(finding, prediction) < 0)) {
                    prediction = finding;
                }
            }
            List<Row> found = new ArrayList<>(1);
            while (label != null && events.hasNext()) {
                found.add(Questions.found(
                        events.next(),
                        label.getDouble(Finding.TARGET),
                        prediction == null ? List.of() : prediction.getList(Finding.KNOWN)));
            }
            return found.iterator();
        }
    }

    /** The last step: answers become features. */
    private static final class Features<E extends SpecificRecord> implements MapFunction<Row, Row> {
        private final TrainingTask<E, ?> task;
        private transient Wire<E> wire;

        Features(TrainingTask<E, ?> task) {
            this.task = task;
        }

        @Override
        public Row call(Row question) {
            List<View<?>> views = task.views();
            List<WindowValues<?>> values = new ArrayList<>(views.size());
            boolean recorded = true;
            for (int i = 0; i < views.size(); i++) {
                values.add(AsKnownThen.values(views.get(i), question, views.size(), i));
                recorded &= !question.isNullAt(Questions.known(i));
            }
            return RowFactory.create(
                    question.get(Questions.ID),
                    question.get(Questions.AT),
                    question.get(Questions.KEY),
                    question.get(Questions.TARGET),
                    task.features(decode(question.getAs(Questions.EVENT)), values),
                    recorded,
                    question.get(Questions.LOGGED));
        }

        private E decode(byte[] event) {
            if (wire == null) {
                wire = Wire.of(task.event().type()); // made once for each executor, for it does not travel
            }
            return wire.decode(event);
        }
    }
}
