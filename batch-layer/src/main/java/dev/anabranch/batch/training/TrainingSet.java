package dev.anabranch.batch.training;

import dev.anabranch.batch.ArchivedRows;
import dev.anabranch.contract.Prediction;
import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.view.Position;
import dev.anabranch.view.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
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

    static final StructType SCHEMA = new StructType()
            .add(ID, DataTypes.StringType, false)
            .add(AT_MILLIS, DataTypes.LongType, false)
            .add(ENTITY_KEY, DataTypes.StringType, false)
            .add(TARGET, DataTypes.DoubleType, true)
            .add(FEATURES, DataTypes.createArrayType(DataTypes.DoubleType, false), false)
            .add(RECORDED, DataTypes.BooleanType, false)
            .add(LOGGED, DataTypes.createArrayType(DataTypes.DoubleType, false), true);

    /** Earlier than anything else that arrives in the same millisecond. */
    private static final Position FIRST = Position.of("", 0, 0);

    private final TrainingTask<E, L> task;
    private final List<View<?>> views;
    private final Origins origins;

    public TrainingSet(TrainingTask<E, L> task) {
        this.task = task;
        this.views = task.views();
        List<String> topics =
                new ArrayList<>(List.of(FIRST.origin().topic(), task.event().topic()));
        views.forEach(view -> topics.addAll(view.topics()));
        this.origins = new Origins(topics);
    }

    /**
     * One row for each labelled event that happened from {@code fromMillis} on and before {@code toMillis}.
     *
     * @param archive what may be learnt from: labels that are not in it have not arrived yet
     */
    public Dataset<Row> of(Archive archive, long fromMillis, long toMillis) {
        Dataset<Row> events = since(archive, task.event(), earliest(fromMillis));
        Dataset<Row> labels = since(archive, task.label(), fromMillis); // never older than what they are about
        Gathering gathering = gathering(events, 2 * events.count());
        List<JavaPairRDD<Integer, byte[]>> sent = new ArrayList<>();
        sent.add(gathering.send(
                events.javaRDD().map(new AskedEvents<>(task, ArchivedRows.of(task.event()), fromMillis, toMillis)),
                new Findings.Questions(origins)));
        sent.add(gathering.send(labels.javaRDD(), new Findings.Labels<>(task, ArchivedRows.of(task.label()))));
        predictions(archive, fromMillis, toMillis)
                .ifPresent(logged -> sent.add(
                        gathering.send(logged.javaRDD(), new Findings.Predictions(logged(), AsOf.of(views, archive)))));
        JavaRDD<Question> questions = gathering.receive(sent, new Findings.Join(origins, views.size()));
        return answered(questions, task.event(), archive, fromMillis, gathering);
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
        Dataset<Row> predictions = archive.predictions()
                .orElseThrow(() -> new IllegalStateException(
                        "Predictions of " + task.event().name() + " must have been archived to be replayed, got none"));
        Row oldest = predictions.agg(functions.min("atMillis")).first();
        long fromMillis = oldest.isNullAt(0) ? 0 : oldest.getLong(0); // no view reaches further back than from there
        Gathering gathering = gathering(
                predictions, predictions.count() + archive.events(task.event()).count());
        JavaRDD<Question> questions =
                predictions.javaRDD().map(new ReplayedPredictions<>(task, logged(), AsOf.of(views, archive), recorded));
        return answered(questions, null, archive, fromMillis, gathering);
    }

    /** @param carried the type of the events that questions carry with them; null when they carry none */
    private Dataset<Row> answered(
            JavaRDD<Question> questions, EventType<E> carried, Archive archive, long fromMillis, Gathering gathering) {
        JavaRDD<Question> answered = questions;
        for (int i = 0; i < views.size(); i++) {
            long earliest = Math.max(0, fromMillis - views.get(i).reach().toMillis());
            ViewHistory<?> history = new ViewHistory<>(views.get(i), i, views.size(), origins, earliest);
            List<JavaPairRDD<Integer, byte[]>> sent = new ArrayList<>();
            sent.add(gathering.send(answered, history.questions(carried)));
            for (EventType<?> type : types(views.get(i))) {
                if (carried == null || !type.topic().equals(carried.topic())) {
                    Dataset<Row> events = since(archive, type, earliest);
                    sent.add(gathering.send(events.javaRDD(), history.contributions(type)));
                }
            }
            answered = gathering.receive(sent, history);
        }
        JavaRDD<Row> rows = answered.filter(Question::asked).map(new FeatureRows<>(task));
        return archive.events(task.event()).sparkSession().createDataFrame(rows, SCHEMA);
    }

    private static Collection<EventType<?>> types(View<?> view) {
        Map<String, EventType<?>> types = new LinkedHashMap<>();
        view.sources().forEach(source -> types.putIfAbsent(source.type().topic(), source.type()));
        return types.values();
    }

    private static Gathering gathering(Dataset<Row> rows, long letters) {
        return Gathering.of(letters, Integer.parseInt(rows.sparkSession().conf().get("spark.sql.shuffle.partitions")));
    }

    private ArchivedRows<Prediction> logged() {
        return ArchivedRows.predictions(views.get(0).useCase());
    }

    /** The first event that any view looks at. */
    private long earliest(long fromMillis) {
        return Math.max(
                0,
                fromMillis
                        - views.stream()
                                .mapToLong(view -> view.reach().toMillis())
                                .max()
                                .orElse(0));
    }

    private static Dataset<Row> since(Archive archive, EventType<?> type, long millis) {
        // A source's time is never past the event time, so what happened before is of no interest whatever it says.
        return archive.events(type).where(time().geq(millis(millis))).drop(EventTables.EVENT_TIME);
    }

    private static Optional<Dataset<Row>> predictions(Archive archive, long fromMillis, long toMillis) {
        return archive.predictions()
                .map(logged -> logged.where(time().geq(millis(fromMillis)).and(time().lt(millis(toMillis)))));
    }

    private static Column time() {
        return functions.col(EventTables.EVENT_TIME);
    }

    private static Column millis(long epochMillis) {
        return functions.timestamp_millis(functions.lit(epochMillis));
    }

    private static <E extends SpecificRecord> Question question(
            TrainingTask<E, ?> task,
            boolean asked,
            String id,
            E event,
            Position position,
            long arrivalMillis,
            double[] logged,
            List<byte[]> known) {
        EventType<E> type = task.event();
        List<String> entities = new ArrayList<>();
        for (View<?> view : task.views()) {
            entities.add(task.entity(view, event));
        }
        return new Question(
                asked,
                id,
                type.eventTimeMillis(event),
                position,
                arrivalMillis,
                type.key(event),
                type.encode(event),
                null,
                logged,
                entities,
                known == null ? Arrays.asList(new byte[entities.size()][]) : known,
                List.of());
    }

    /** Archived events as questions, with neither label nor recorded positions yet; those in the period are asked. */
    private record AskedEvents<E extends SpecificRecord>(
            TrainingTask<E, ?> task, ArchivedRows<E> rows, long fromMillis, long toMillis)
            implements Function<Row, Question> {
        @Override
        public Question call(Row row) {
            ArchivedEvent<E> archived = rows.read(row);
            E event = archived.event();
            long at = task.event().eventTimeMillis(event);
            return question(
                    task,
                    at >= fromMillis && at < toMillis,
                    task.event().eventId(event),
                    event,
                    archived.position(),
                    archived.arrivalMillis(),
                    null,
                    null);
        }
    }

    /** Logged predictions as questions about what they were asked. */
    private record ReplayedPredictions<E extends SpecificRecord>(
            TrainingTask<E, ?> task, ArchivedRows<Prediction> rows, AsOf asOf, boolean recorded)
            implements Function<Row, Question> {
        @Override
        public Question call(Row row) {
            Prediction prediction = rows.read(row).event();
            return question(
                    task,
                    true,
                    prediction.getPredictionId(),
                    task.asked(prediction),
                    FIRST,
                    prediction.getMadeMillis(),
                    prediction.getFeatures().stream()
                            .mapToDouble(Double::doubleValue)
                            .toArray(),
                    recorded ? asOf.of(prediction) : null);
        }
    }
}
