package dev.anabranch.lakehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.anabranch.contract.ModelSample;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.OriginOffset;
import dev.anabranch.imported.ImportedModel;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelRegistryTest {
    @TempDir
    Path folder;

    @Test
    void aVersionComesBackAsItWasRegisteredWithTheNextNumber() {
        try (Lakehouse lakehouse = lakehouse()) {
            ModelRegistry registry = new ModelRegistry(lakehouse);

            ModelRegistry.Registered first =
                    registry.register(version("fraud"), Judgement.of("test", true, "no version was live"));
            ModelRegistry.Registered second =
                    registry.register(version("fraud"), Judgement.of("test", false, "it is worse"));
            ModelRegistry.Registered other =
                    registry.register(version("pricing"), Judgement.of("test", true, "no version was live"));

            assertThat(first.version().getVersion()).isEqualTo(1);
            assertThat(second.version().getVersion()).isEqualTo(2);
            assertThat(other.version().getVersion()).isEqualTo(1);
            assertThat(registry.versions("fraud")).containsExactly(first, second);
            assertThat(ModelVersion.newBuilder(first.version()).setVersion(0).build())
                    .isEqualTo(version("fraud"));
            assertThat(registry.newestPassed("fraud")).contains(first.version());
            assertThat(registry.newestPassed("recommendation")).isEmpty();
        }
    }

    @Test
    void aVersionFromElsewhereIsNotTakenForOneThatARunWasAboutToMakeLive() {
        try (Lakehouse lakehouse = lakehouse()) {
            ModelRegistry registry = new ModelRegistry(lakehouse);
            ModelVersion trained = registry.register(version("fraud"), Judgement.of("test", true, "it is good"))
                    .version();
            ModelVersion imported = ModelVersion.newBuilder(version("fraud"))
                    .setAlgorithm(ImportedModel.ALGORITHM)
                    .build();

            registry.register(imported, Judgement.of("signature", true, "checked"));

            assertThat(registry.newestPassed("fraud")).contains(trained);
        }
    }

    @Test
    void whatIsFoundAboutAVersionLaterHoldsAndTheNewestOfItCounts() {
        try (Lakehouse lakehouse = lakehouse()) {
            ModelRegistry registry = new ModelRegistry(lakehouse);
            ModelRegistry.Registered trained =
                    registry.register(version("fraud"), Judgement.of("test", true, "it is good"));
            ModelVersion imported = ModelVersion.newBuilder(version("fraud"))
                    .setAlgorithm(ImportedModel.ALGORITHM)
                    .setMetrics(Map.of())
                    .build();
            ModelRegistry.Registered brought = registry.register(imported, Judgement.of("signature", true, "checked"));
            assertThat(trained.evaluated()).isTrue();
            assertThat(brought.evaluated()).isFalse();
            Judgement held = Judgement.of("champion", false, "it is worse");
            ModelJudgements judgements = new ModelJudgements(lakehouse);

            judgements.add(found("fraud", 2, Map.of("auc", 0.6), held, 7));
            judgements.add(found("fraud", 2, Map.of("auc", 0.8), Judgement.of("champion", true, "it is better"), 5));
            judgements.add(found("pricing", 1, Map.of("auc", 0.1), held, 9));

            ModelRegistry.Registered since = registry.version("fraud", 2).orElseThrow();
            assertThat(since.version()).isEqualTo(brought.version());
            assertThat(since.evaluated()).isTrue();
            assertThat(since.passed()).isFalse();
            assertThat(since.gate()).isEqualTo("it is worse");
            assertThat(since.judgement()).isEqualTo(held);
            assertThat(since.metrics()).isEqualTo(Map.of("auc", 0.6));
            assertThat(registry.versions("fraud")).containsExactly(trained, since);
            assertThat(registry.entries("fraud"))
                    .extracting(
                            ModelRegistry.Entry::evaluated, ModelRegistry.Entry::passed, ModelRegistry.Entry::metrics)
                    .containsExactly(tuple(true, true, Map.of("auc", 0.9)), tuple(true, false, Map.of("auc", 0.6)));
        }
    }

    private static ModelJudgements.Found found(
            String name, long version, Map<String, Double> metrics, Judgement judgement, long atMillis) {
        return new ModelJudgements.Found(name, version, metrics, judgement, "batch run test", atMillis);
    }

    @Test
    void everyFigureOfAJudgementIsKeptWithTheVersionAlsoInATableOfBeforeTheyWere() {
        Judgement judgement = new Judgement(
                List.of(
                        new Judgement.Gate("rows", 120.0, 100.0, true, "rows 120 reaches 100"),
                        new Judgement.Gate("champion", -0.05, -0.02, false, "it is 0.03 below"),
                        new Judgement.Gate("auc", null, null, true, "not told")),
                3L,
                Map.of("auc", 0.91, "average_precision", 0.4),
                new Judgement.Difference("average_precision", -0.01, -0.05, 0.03, 0.95, 1000, 77, 5));
        try (Lakehouse lakehouse = lakehouse()) {
            Schema before = ModelRegistry.SCHEMA.select(ModelRegistry.SCHEMA.columns().stream()
                    .map(Types.NestedField::name)
                    .filter(name -> !name.equals("judgement"))
                    .toList());
            lakehouse.table(ModelRegistry.IDENTIFIER, before, PartitionSpec.unpartitioned());
            ModelRegistry registry = new ModelRegistry(lakehouse);
            assertThat(registry.versions("fraud")).isEmpty();

            ModelRegistry.Registered registered = registry.register(version("fraud"), judgement);

            assertThat(registered.passed()).isFalse();
            assertThat(registered.gate()).isEqualTo("it is 0.03 below");
            assertThat(registry.version("fraud", 1)).contains(registered);
            assertThat(registry.version("fraud", 1).orElseThrow().judgement()).isEqualTo(judgement);
        }
    }

    @Test
    void trainersThatFinishAtOnceGetNumbersOfTheirOwnAndNoneIsLost() throws Exception {
        int trainers = 4;
        int each = 5;
        ExecutorService pool = Executors.newFixedThreadPool(trainers);
        List<Callable<List<Long>>> work = new ArrayList<>();
        for (int trainer = 0; trainer < trainers; trainer++) {
            work.add(() -> {
                List<Long> numbers = new ArrayList<>();
                try (Lakehouse lakehouse = lakehouse()) {
                    for (int i = 0; i < each; i++) {
                        numbers.add(new ModelRegistry(lakehouse)
                                .register(version("fraud"), Judgement.of("test", true, "no version was live"))
                                .version()
                                .getVersion());
                    }
                }
                return numbers;
            });
        }

        List<Long> numbers = new ArrayList<>();
        for (Future<List<Long>> done : pool.invokeAll(work)) {
            numbers.addAll(done.get());
        }
        pool.shutdown();

        List<Long> expected = LongStream.rangeClosed(1, trainers * each).boxed().toList();
        assertThat(numbers).containsExactlyInAnyOrderElementsOf(expected);
        try (Lakehouse lakehouse = lakehouse()) {
            assertThat(new ModelRegistry(lakehouse).versions("fraud"))
                    .extracting(registered -> registered.version().getVersion())
                    .containsExactlyElementsOf(expected);
        }
    }

    private Lakehouse lakehouse() {
        return Lakehouse.open(CatalogConfig.under(folder));
    }

    static ModelVersion version(String name) {
        return ModelVersion.newBuilder()
                .setName(name)
                .setVersion(0)
                .setAlgorithm("logistic-regression")
                .setFeatures(List.of("a", "b"))
                .setSnapshots(Map.of("events.transaction", 42L))
                .setCut(List.of(new OriginOffset("events.transaction", 0, 1024L)))
                .setViews(Map.of("fraud.customer", "f00d"))
                .setCodeRevision("unknown")
                .setParameters(Map.of("iterations", "10"))
                .setSeed(7)
                .setMetrics(Map.of("auc", 0.9))
                .setCreatedMillis(1)
                .setSha256("cafe")
                .setArtifact(ByteBuffer.wrap(new byte[] {1, 2, 3}))
                .setSamples(List.of(new ModelSample(List.of(1.0, 2.0), 0.5)))
                .build();
    }
}
