package dev.anabranch.explain;

import dev.anabranch.contract.BatchHeader;
import dev.anabranch.contract.ModelSample;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.CutTable;
import dev.anabranch.lakehouse.GenerationTable;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.lakehouse.RecordRow;
import dev.anabranch.lakehouse.RowFiles;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.PredictionId;
import dev.anabranch.model.Sha256;
import dev.anabranch.ranking.Ranked;
import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.Item;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.recommendation.RecommendationRanking;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.recommendation.Shown;
import dev.anabranch.vectors.VectorsArtifact;
import dev.anabranch.vectors.VectorsModel;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Knowledge;
import dev.anabranch.view.Known;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.Reading;
import dev.anabranch.view.Readings;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import dev.anabranch.view.oracle.NaiveFold;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.DoubleStream;
import org.apache.avro.specific.SpecificRecord;

/**
 * Three weeks of readers and items, out of order and late, and answers made by the naive fold: each entity as it stood at a
 * moment of its own, as it is where several replicas follow the log. All of it archived as the archiver and the batch layer
 * do.
 */
final class ArchivedReaders {
    private static final long START = 1_750_636_800_000L;
    private static final long DAY = 86_400_000L;
    private static final int EVENTS = 400;
    private static final int PARTITIONS = 2;
    private static final int ITEMS = 15;
    private static final int ANSWERS = 30;
    private static final RecommendationRanking RANKING = new RecommendationRanking();
    private static final TreesInOnnx TREES = new TreesInOnnx(
            RecommendationUseCase.NAME,
            RANKING.featureNames(),
            List.of("trending", "history", "taste"),
            List.of(1f, 0.5f, 0.1f, 2f));

    private final Random random = new Random(23);
    private final List<NaiveFold.Entry> log = new ArrayList<>();
    private final Map<Origin, Long> next = new TreeMap<>();
    private final List<Integer> generations = List.of(0, 120, 240); // what each saw of the log
    private final List<Shown> answers = new ArrayList<>();
    private final ModelVersion ranker;
    private final ModelVersion vectors;

    ArchivedReaders(Lakehouse lakehouse) throws Exception {
        while (log.size() < EVENTS) {
            happen();
        }
        archive(lakehouse);
        ModelRegistry registry = new ModelRegistry(lakehouse);
        Judgement good = Judgement.of("test", true, "test");
        ranker = registry.register(TREES.version(1), good).version();
        vectors = registry.register(itemVectors(), good).version();
        for (int i = 0; i < ANSWERS; i++) {
            answers.add(answer(i));
        }
        archive(lakehouse, answers, 0);
    }

    /** By a rule, by the trees, with vectors and without; to users who are known and to one who is not. */
    List<Shown> answers() {
        return answers;
    }

    ModelVersion ranker() {
        return ranker;
    }

    private void happen() {
        String item = "i-" + random.nextInt(ITEMS);
        String before = "i-" + random.nextInt(ITEMS);
        long at = START + (long) (random.nextDouble() * 21 * DAY);
        int number = log.size();
        if (random.nextInt(8) == 0) {
            append(
                    RecommendationEvents.ITEM,
                    item,
                    new Item("c-" + number, at, item, random.nextInt(6) > 0, Map.of("topic", "t-" + number % 3)));
        } else {
            String user = "u-" + random.nextInt(10);
            append(
                    RecommendationEvents.INTERACTION,
                    user,
                    new Interaction(
                            "e-" + number,
                            at,
                            user,
                            item,
                            "s-" + user,
                            RecommendationEvents.TYPES.get(random.nextInt(3)),
                            1L + random.nextInt(3_000),
                            random.nextBoolean() ? "" : "web",
                            random.nextBoolean() || before.equals(item) ? "" : before));
        }
    }

    private void append(EventType<?> type, String key, SpecificRecord event) {
        Origin origin = new Origin(type.topic(), Math.floorMod(key.hashCode(), PARTITIONS));
        long offset = next.getOrDefault(origin, 0L) + random.nextInt(3); // transactions leave gaps
        next.put(origin, offset + 1);
        log.add(new NaiveFold.Entry(new Position(origin, offset), START + 30 * DAY + log.size(), event));
    }

    private Shown answer(int number) throws Exception {
        boolean byRule = number % 3 == 0;
        boolean withVectors = number % 2 == 0;
        boolean trending = number % 10 == 9;
        long made = START + 22 * DAY + number * 1_000L;
        Shown asked = Shown.newBuilder()
                .setAnswerId(PredictionId.ofAnswer(RecommendationUseCase.NAME, made, new UUID(1, number))
                        .toString())
                .setEventTimeMillis(made)
                .setUserId(trending ? "u-new" : "u-" + number % 10)
                .setContext(number % 4 == 0 ? "web" : number % 4 == 1 ? "nowhere" : "")
                .setRanker(
                        trending
                                ? "recommendation-trending"
                                : byRule ? "recommendation-by-rule" : "recommendation-" + ranker.getVersion())
                .setVariant(byRule || trending ? "" : "champion")
                .setRankerSha256(byRule || trending ? "" : ranker.getSha256())
                .setVectorsVersion(withVectors ? vectors.getVersion() : 0)
                .setVectorsSha256(withVectors ? vectors.getSha256() : "")
                .setItems(List.of())
                .setMost(5)
                .setExcludeSeen(number % 5 == 0)
                .setFilter(number % 7 == 0 ? Map.of("topic", "t-1") : Map.of())
                .setExact(true)
                .build();
        Standing standing = new Standing();
        try (LoadedModel model = LoadedModel.load(ranker, ranker.getFeatures())) {
            List<Ranked> items = RANKING.again(
                            asked,
                            standing,
                            byRule || trending ? Optional.empty() : Optional.of(model),
                            withVectors ? Optional.of(VectorsModel.load(vectors)) : Optional.empty())
                    .toCompletableFuture()
                    .join();
            return Shown.newBuilder(asked)
                    .setItems(items.stream().map(Ranked::name).toList())
                    .setScores(items.stream().map(Ranked::score).toList())
                    .setFeatures(items.stream()
                            .flatMapToDouble(item -> DoubleStream.of(item.features()))
                            .boxed()
                            .toList())
                    .setReadings(standing.readings.write())
                    .build();
        }
    }

    /** Views as they stand, each entity somewhere else in the log and on some generation. */
    private final class Standing implements Knowledge {
        private final Readings readings = new Readings();

        @Override
        public <A> CompletionStage<Map<String, WindowValues<A>>> read(
                View<A> view, Collection<String> entities, long atMillis) {
            Map<String, WindowValues<A>> values = new LinkedHashMap<>();
            for (String entity : entities) {
                int generation = random.nextInt(generations.size());
                int seen = generations.get(generation) + random.nextInt(EVENTS - generations.get(generation));
                long end = view.endOfTile(atMillis);
                WindowValues<A> merged =
                        new WindowValues<>(view, end, NaiveFold.fold(view, log, Known.upTo(after(seen)), entity, end));
                readings.add(new Reading<>(
                        entity,
                        WindowValues.empty(view, end),
                        WindowValues.empty(view, end),
                        merged,
                        generation,
                        after(generations.get(generation)).onlyTopics(view.topics()),
                        0,
                        last(view, entity, generation, seen),
                        Optional.empty()));
                values.put(entity, merged);
            }
            return CompletableFuture.completedFuture(values);
        }

        /** For each origin with events of the entity since the generation's cut, the offset of the last. */
        private SortedMap<Origin, Long> last(View<?> view, String entity, int generation, int seen) {
            SortedMap<Origin, Long> last = new TreeMap<>();
            for (NaiveFold.Entry entry : log.subList(generations.get(generation), seen)) {
                Origin origin = entry.position().origin();
                if (view.contributions(origin.topic(), entry.event()).stream()
                        .anyMatch(contribution -> contribution.entity().equals(entity))) {
                    last.put(origin, entry.position().offset());
                }
            }
            return last;
        }
    }

    /** What is known after the first {@code events} of the log. */
    private Cut after(int events) {
        Map<Origin, Long> before = new HashMap<>();
        log.subList(0, events)
                .forEach(e -> before.put(e.position().origin(), e.position().offset() + 1));
        return Cut.of(before);
    }

    private ModelVersion itemVectors() {
        List<String> names = new ArrayList<>();
        float[] flat = new float[2 * (ITEMS - 3)]; // some are newer than the vectors
        for (int i = 0; i < ITEMS - 3; i++) {
            names.add("i-" + i);
            flat[2 * i] = random.nextFloat();
            flat[2 * i + 1] = random.nextFloat();
        }
        byte[] artifact = VectorsArtifact.write(names, 2, flat);
        double greatest = VectorsArtifact.read(artifact)
                .top(new float[] {1, 1}, 1, any -> true)
                .get(0)
                .product();
        return ModelVersion.newBuilder()
                .setName(RecommendationUseCase.ITEMS)
                .setVersion(0)
                .setAlgorithm("implicit-als")
                .setFeatures(List.of())
                .setSnapshots(Map.of())
                .setCut(List.of())
                .setViews(Map.of())
                .setCodeRevision("test")
                .setParameters(Map.of(VectorsModel.ALPHA, "5", VectorsModel.LAMBDA, "0.5"))
                .setSeed(1)
                .setMetrics(Map.of())
                .setCreatedMillis(1)
                .setSha256(Sha256.of(artifact))
                .setArtifact(ByteBuffer.wrap(artifact))
                .setSamples(List.of(new ModelSample(List.of(1.0, 1.0), greatest)))
                .build();
    }

    private void archive(Lakehouse lakehouse) {
        for (EventType<?> type : List.of(RecommendationEvents.INTERACTION, RecommendationEvents.ITEM)) {
            CutTable table = new CutTable(lakehouse.events(type));
            Cut from = Cut.NOTHING;
            for (int end : List.of(240, log.size())) { // two commits
                append(table, type.topic(), from, after(end));
                from = after(end);
            }
        }
        GenerationTable table = new GenerationTable(lakehouse);
        for (View<?> view : RANKING.views()) {
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
                files.write(
                        new RecordRow(entry.event().getSchema(), table.table().schema())
                                .show(
                                        entry.event(),
                                        time(entry.event()),
                                        position.origin().partition(),
                                        position.offset(),
                                        entry.arrivalMillis()));
            }
        }
        table.append(files.complete(), from, to.onlyTopics(List.of(topic)).origins());
    }

    private static long time(SpecificRecord event) {
        return event instanceof Interaction interaction
                ? interaction.getEventTimeMillis()
                : ((Item) event).getEventTimeMillis();
    }

    /** Archives answers as they are. */
    static void archive(Lakehouse lakehouse, List<Shown> answers, int from) {
        CutTable table = new CutTable(lakehouse.events(RecommendationEvents.SHOWN));
        RowFiles files = new RowFiles(table.table(), 0);
        for (int i = 0; i < answers.size(); i++) {
            Shown shown = answers.get(i);
            files.write(new RecordRow(Shown.getClassSchema(), table.table().schema())
                    .show(shown, shown.getEventTimeMillis(), 0, from + i, shown.getEventTimeMillis()));
        }
        Origin origin = new Origin(RecommendationEvents.SHOWN.topic(), 0);
        table.append(files.complete(), table.cut(), Map.of(origin, (long) from + answers.size()));
    }
}
