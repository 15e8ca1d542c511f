package dev.anabranch.explain;

import dev.anabranch.contract.BatchHeader;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.ScoringPath;
import dev.anabranch.contract.ViewReading;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.FraudQuestion;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.lakehouse.CutTable;
import dev.anabranch.lakehouse.GenerationTable;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.lakehouse.RecordRow;
import dev.anabranch.lakehouse.RowFiles;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.PredictionId;
import dev.anabranch.model.UnusableModelException;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Known;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import dev.anabranch.view.oracle.NaiveFold;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.iceberg.Table;

/**
 * Six weeks of payments and labels, out of order and late, and predictions made by the naive fold at random moments; all
 * of it archived as the archiver and the batch layer do.
 */
public final class ArchivedTown {
    private static final long START = 1_750_636_800_000L;
    private static final long DAY = 86_400_000L;

    private static final int EVENTS = 500;
    private static final int PARTITIONS = 2;

    private final Random random = new Random(17);
    private final FraudQuestion question = new FraudQuestion();
    private final List<NaiveFold.Entry> log = new ArrayList<>();
    private final Map<Origin, Long> next = new TreeMap<>();
    private final List<Integer> generations = List.of(0, 150, 300); // what each saw of the log
    private final List<Prediction> predictions = new ArrayList<>();
    private final List<ModelVersion> models = new ArrayList<>();

    public ArchivedTown(Lakehouse lakehouse) throws UnusableModelException {
        while (log.size() < EVENTS) {
            happen();
        }
        archive(lakehouse);
        ModelRegistry registry = new ModelRegistry(lakehouse);
        models.add(registry.register(TreesInOnnx.OF_PAYMENTS.version(1), Judgement.of("test", true, "test"))
                .version());
        models.add(registry.register(TreesInOnnx.OF_PAYMENTS.version(1.5f), Judgement.of("test", true, "test"))
                .version());
        for (int i = 0; i < 30; i++) {
            predictions.add(predict(i, models.get(i % 2)));
        }
        archive(lakehouse, predictions, 0);
    }

    /** Those that were made, half of them in the stream and half over REST, by one version and by the next. */
    public List<Prediction> predictions() {
        return predictions;
    }

    /** The versions that made them. */
    public List<ModelVersion> models() {
        return models;
    }

    /** Archives one more prediction, as it is. */
    public static void archive(Lakehouse lakehouse, Prediction prediction) {
        archive(lakehouse, List.of(prediction), 1_000);
    }

    private void happen() {
        String customer = "c-" + random.nextInt(5);
        String terminal = "w-" + random.nextInt(4);
        long at = START + (long) (random.nextDouble() * 45 * DAY);
        String id = "t-" + log.size();
        append(
                FraudEvents.TRANSACTION.topic(),
                customer,
                new Transaction(id, at, customer, terminal, 100L * random.nextInt(100)));
        if (random.nextInt(3) == 0) {
            append(
                    FraudEvents.FRAUD_LABEL.topic(),
                    terminal,
                    new FraudLabel(id, at + 7 * DAY, at, customer, terminal, random.nextBoolean()));
        }
    }

    private void append(String topic, String key, SpecificRecord event) {
        Origin origin = new Origin(topic, Math.floorMod(key.hashCode(), PARTITIONS));
        long offset = next.getOrDefault(origin, 0L) + random.nextInt(3); // transactions leave gaps
        next.put(origin, offset + 1);
        log.add(new NaiveFold.Entry(new Position(origin, offset), START + 60 * DAY + log.size(), event));
    }

    /** What is known after the first {@code events} of the log. */
    private Cut after(int events) {
        Map<Origin, Long> before = new HashMap<>();
        log.subList(0, events)
                .forEach(e -> before.put(e.position().origin(), e.position().offset() + 1));
        return Cut.of(before);
    }

    private Prediction predict(int number, ModelVersion version) throws UnusableModelException {
        int generation = random.nextInt(generations.size());
        int seen = generations.get(generation) + random.nextInt(EVENTS - generations.get(generation));
        Transaction asked = new Transaction(
                number % 3 == 0 ? "" : "t-asked-" + number,
                START + (long) (random.nextDouble() * 47 * DAY),
                "c-" + random.nextInt(6), // one of them never paid
                "w-" + random.nextInt(4),
                100L * random.nextInt(100));
        long made = log.get(seen).arrivalMillis();
        List<WindowValues<?>> values = new ArrayList<>();
        List<ViewReading> readings = new ArrayList<>();
        for (View<?> view : question.views()) {
            values.add(fold(view, question.entity(view, asked), asked.getEventTimeMillis(), after(seen)));
            readings.add(reading(view, question.entity(view, asked), generation, seen));
        }
        double[] features = question.features(asked, values);
        boolean rest = number % 2 == 0;
        PredictionId id = rest
                ? PredictionId.ofAnswer(FraudUseCase.NAME, made, new UUID(1, number))
                : PredictionId.ofEvent(FraudUseCase.NAME, made, 0, number);
        try (LoadedModel model = LoadedModel.load(version, version.getFeatures())) {
            return Prediction.newBuilder()
                    .setPredictionId(id.toString())
                    .setUseCase(FraudUseCase.NAME)
                    .setEventId(asked.getTransactionId())
                    .setPath(rest ? ScoringPath.REST : ScoringPath.STREAM)
                    .setAtMillis(asked.getEventTimeMillis())
                    .setMadeMillis(made)
                    .setQuestion(question.about(asked))
                    .setFeatures(Arrays.stream(features).boxed().toList())
                    .setModel(version.getName())
                    .setModelVersion(version.getVersion())
                    .setModelSha256(version.getSha256())
                    .setVariant("champion")
                    .setScore(model.score(features))
                    .setReadings(readings)
                    .build();
        }
    }

    private <A> WindowValues<A> fold(View<A> view, String entity, long atMillis, Cut known) {
        return new WindowValues<>(view, atMillis, NaiveFold.fold(view, log, Known.upTo(known), entity, atMillis));
    }

    /** As a reader records it: the generation, and for each origin with events of the entity since its cut the last. */
    private ViewReading reading(View<?> view, String entity, int generation, int seen) {
        Map<Origin, Long> last = new TreeMap<>();
        for (NaiveFold.Entry entry : log.subList(generations.get(generation), seen)) {
            String topic = entry.position().origin().topic();
            if (view.contributions(topic, entry.event()).stream()
                    .anyMatch(contribution -> contribution.entity().equals(entity))) {
                last.put(entry.position().origin(), entry.position().offset());
            }
        }
        return new ViewReading(view.name(), entity, (long) generation, Cuts.writeOffsets(last), true);
    }

    private void archive(Lakehouse lakehouse) {
        CutTable payments = new CutTable(lakehouse.events(FraudEvents.TRANSACTION));
        CutTable labels = new CutTable(lakehouse.events(FraudEvents.FRAUD_LABEL));
        Cut from = Cut.NOTHING;
        for (int end : List.of(300, log.size())) { // two commits
            append(payments, FraudEvents.TRANSACTION.topic(), from, after(end));
            append(labels, FraudEvents.FRAUD_LABEL.topic(), from, after(end));
            from = after(end);
        }
        GenerationTable table = new GenerationTable(lakehouse);
        for (View<?> view : question.views()) {
            for (int generation = 1; generation < generations.size(); generation++) {
                Cut cut = after(generations.get(generation)).onlyTopics(view.topics());
                table.record(
                        new BatchHeader(view.name(), (long) generation, Cuts.write(cut), 0L, view.fingerprint(), 1L),
                        Map.of());
            }
        }
    }

    private void append(CutTable table, String topic, Cut from, Cut to) {
        RowFiles files = new RowFiles(table.table(), 0);
        for (NaiveFold.Entry entry : log) {
            Position position = entry.position();
            if (position.origin().topic().equals(topic) && !from.includes(position) && to.includes(position)) {
                files.write(row(table.table(), entry));
            }
        }
        table.append(files.complete(), from, to.onlyTopics(List.of(topic)).origins());
    }

    private static RecordRow row(Table table, NaiveFold.Entry entry) {
        long time = entry.event() instanceof Transaction payment
                ? payment.getEventTimeMillis()
                : ((FraudLabel) entry.event()).getEventTimeMillis();
        Position position = entry.position();
        return new RecordRow(entry.event().getSchema(), table.schema())
                .show(entry.event(), time, position.origin().partition(), position.offset(), entry.arrivalMillis());
    }

    private static void archive(Lakehouse lakehouse, List<Prediction> predictions, int from) {
        CutTable table = new CutTable(lakehouse.predictions(FraudUseCase.NAME));
        RowFiles files = new RowFiles(table.table(), 0);
        for (int i = 0; i < predictions.size(); i++) {
            Prediction prediction = predictions.get(i);
            files.write(new RecordRow(Prediction.getClassSchema(), table.table().schema())
                    .show(prediction, prediction.getAtMillis(), 0, from + i, prediction.getMadeMillis()));
        }
        Origin origin = new Origin("predictions.fraud", 0);
        table.append(files.complete(), table.cut(), Map.of(origin, (long) from + predictions.size()));
    }
}
