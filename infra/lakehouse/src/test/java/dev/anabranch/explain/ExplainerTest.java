package dev.anabranch.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.ViewReading;
import dev.anabranch.explain.Explanation.Feature;
import dev.anabranch.explain.Explanation.InWindow;
import dev.anabranch.explain.Explanation.Viewed;
import dev.anabranch.imported.ImportedModel;
import dev.anabranch.imported.LabOnnx;
import dev.anabranch.lakehouse.CatalogConfig;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.model.LoadedModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainerTest {
    private static final int MOST_EVENTS = 5;

    @TempDir
    static Path folder;

    private static Lakehouse lakehouse;
    private static ArchivedTown town;
    private static Explainer archive;
    private static RegisteredModels models;
    private static PredictionExplainer explainer;
    private static List<Explanation> explanations; // of each prediction, all events named

    @BeforeAll
    static void archiveATown() throws Exception {
        lakehouse = Lakehouse.open(CatalogConfig.under(folder));
        town = new ArchivedTown(lakehouse);
        archive = new Explainer(lakehouse);
        models = new RegisteredModels(lakehouse, none -> Optional.empty());
        explainer = new PredictionExplainer(new GenerationCuts(lakehouse), new ArchivedHistory(lakehouse), models);
        explanations = town.predictions().stream()
                .map(made -> found(made.getPredictionId()))
                .toList();
    }

    @AfterAll
    static void close() {
        archive.close();
        models.close();
        lakehouse.close();
    }

    @Test
    void everyPredictionComesOutAsItWasMadeToTheBitWhateverGenerationAndModelAreLiveNow() {
        for (int i = 0; i < explanations.size(); i++) {
            Prediction made = town.predictions().get(i);
            Explanation explanation = explanations.get(i);

            assertThat(explanation.differences()).as(made.getPredictionId()).isEmpty();
            assertThat(explanation.identical()).isTrue();
            assertThat(explanation.features())
                    .extracting(Feature::recomputed)
                    .containsExactlyElementsOf(made.getFeatures());
            assertThat(explanation.score().recomputed()).isEqualTo(made.getScore());
        }
    }

    @Test
    void severalMadeAgainInOneReadingComeOutAsEachByItself() {
        List<String> names =
                town.predictions().stream().map(made -> made.getPredictionId()).toList();

        List<? extends Remade> together =
                archive.explain("fraud", names, Integer.MAX_VALUE).remade();

        assertThat(together).usingRecursiveComparison().isEqualTo(explanations);
    }

    @Test
    void onePredictionThatIsNotThereAmongSeveralIsNamed() {
        String known = town.predictions().get(0).getPredictionId();

        assertThatThrownBy(() -> archive.explain("fraud", List.of(known, "fraud-rest-1-1"), MOST_EVENTS))
                .hasMessage("Prediction fraud-rest-1-1 must be in the archive of fraud, and is not");
    }

    @Test
    void contributionsSumToTheLogOddsOfTheScore() {
        for (Explanation explanation : explanations) {
            double sum = explanation.contributions().base()
                    + explanation.features().stream()
                            .mapToDouble(Feature::contribution)
                            .sum();

            assertThat(explanation.contributions().of()).isEqualTo("log odds");
            assertThat(sum).isCloseTo(explanation.contributions().total(), within(1e-12));
            assertThat(1 / (1 + Math.exp(-sum))).isCloseTo(explanation.score().logged(), within(1e-6));
        }
    }

    @Test
    void theEventsBehindAFeatureAreThoseThatItsWindowsCount() {
        int events = 0;
        for (Explanation explanation : explanations) {
            for (Viewed view : explanation.views()) {
                assertThat(view.behind()).hasSize(view.events());
                for (InWindow window : view.windows()) {
                    assertThat(counted(view, window, "count"))
                            .isEqualTo(window.measures().get("count"));
                }
                events += view.events();
            }
            Feature count = explanation.features().get(5);
            assertThat(count.name()).isEqualTo("customer.count.7d");
            assertThat(count.from()).extracting(Explanation.From::window).containsExactly("7d");
            assertThat(count.recomputed()).isEqualTo(count.from().get(0).events() + 1); // and the payment itself
        }
        assertThat(events).isGreaterThan(200);
    }

    private static double counted(Viewed view, InWindow window, String measure) {
        return view.behind().stream()
                .filter(event -> event.windows().contains(window.window()))
                .mapToDouble(event -> event.contributed().get(measure))
                .sum();
    }

    @Test
    void ofManyEventsTheNewestAreNamedAndAllAreCounted() {
        int cut = 0;
        for (int i = 0; i < 5; i++) {
            List<Viewed> capped =
                    explainer.explain(town.predictions().get(i), MOST_EVENTS).views();
            for (int view = 0; view < capped.size(); view++) {
                List<Behind> every = explanations.get(i).views().get(view).behind();

                assertThat(capped.get(view).events()).isEqualTo(every.size());
                assertThat(capped.get(view).behind()).isEqualTo(every.subList(0, Math.min(MOST_EVENTS, every.size())));
                cut += every.size() > MOST_EVENTS ? 1 : 0;
            }
        }
        assertThat(cut).isPositive();
    }

    @Test
    void whatDiffersByTheSmallestBitIsShown() {
        Prediction made = town.predictions().get(0);
        List<Double> features = new ArrayList<>(made.getFeatures());
        features.set(4, Math.nextUp(features.get(4)));
        Prediction tampered = Prediction.newBuilder(made)
                .setFeatures(features)
                .setScore(Math.nextDown(made.getScore()))
                .build();
        Explanation explanation = explainer.explain(tampered, MOST_EVENTS);

        assertThat(explanation.identical()).isFalse();
        assertThat(explanation.differences())
                .containsExactly(
                        "The score was " + tampered.getScore() + ", and is now " + made.getScore(),
                        "Feature customer.mean-cents.1d was " + features.get(4) + ", and is now "
                                + made.getFeatures().get(4));
        assertThat(explanation.score().identical()).isFalse();
        assertThat(explanation.features().get(4).identical()).isFalse();
    }

    @Test
    void oneEventMoreOrLessIsADifference() {
        Prediction made = town.predictions().stream()
                .filter(prediction -> prediction.getReadings().get(0).getLast().size() == 1)
                .filter(prediction -> prediction.getFeatures().get(7) > 3) // the customer paid this month
                .findFirst()
                .orElseThrow();
        ViewReading customer = made.getReadings().get(0);
        ViewReading earlier =
                new ViewReading(customer.getView(), customer.getEntity(), customer.getGeneration(), List.of(), true);
        Prediction without = Prediction.newBuilder(made)
                .setReadings(List.of(earlier, made.getReadings().get(1)))
                .build();
        Explanation explanation = explainer.explain(without, MOST_EVENTS);

        assertThat(explanation.differences()).anyMatch(difference -> difference.startsWith("Feature customer."));
    }

    @Test
    void anArtifactThatIsNotTheOneThatScoredIsNotAskedInItsPlace() {
        Prediction made = Prediction.newBuilder(town.predictions().get(0))
                .setModelSha256("beef")
                .build();
        Prediction unknown = Prediction.newBuilder(town.predictions().get(0))
                .setModelVersion(9)
                .build();
        assertThat(explainer.explain(made, MOST_EVENTS).differences())
                .containsExactly("The score cannot be made again: the registry has fraud version 1 with the artifact "
                        + town.models().get(0).getSha256()
                        + ", and the prediction was made by the artifact beef");
        assertThat(explainer.explain(unknown, MOST_EVENTS).differences())
                .containsExactly("The score cannot be made again: the registry does not have fraud version 9");
    }

    @Test
    void aModelOfElsewhereScoresAgainToTheBitAndSaysWhenItsContributionsCannotBeTold() throws Exception {
        Explanation classifier = explanationBy(LabOnnx.classifier(-1, 0.0001f, 2));
        Explanation lookAlike = explanationBy(LabOnnx.treeOnly(1, 2, "AVERAGE"));

        for (Explanation explanation : List.of(classifier, lookAlike)) {
            assertThat(explanation.differences()).isEmpty();
            assertThat(explanation.identical()).isTrue();
            assertThat(explanation.contributions()).isNull();
        }
        assertThat(classifier.notTakenApart())
                .isEqualTo(
                        "Contributions are known of trees, of weighted sums and of sums over buckets, not of a model with several sums");
        assertThat(lookAlike.notTakenApart())
                .startsWith("What the contributions to fraud version ")
                .endsWith("add up to does not give the scores of its samples");
    }

    @Test
    void ofAModelOfElsewhereThatCanBeTakenApartTheFeaturesItDoesNotKnowAddNothing() throws Exception {
        Explanation explanation = explanationBy(LabOnnx.logistic("x", -1, 0.0001f, 2));

        assertThat(explanation.notTakenApart()).isNull();
        assertThat(explanation.features())
                .filteredOn(feature -> feature.contribution() != 0)
                .extracting(Feature::name)
                .isSubsetOf("amount-cents", "terminal.risk.30d")
                .contains("amount-cents");
    }

    /** Of a prediction that a model of elsewhere made, which takes the amount and a terminal's risk. */
    private static Explanation explanationBy(byte[] file) throws Exception {
        Prediction made = town.predictions().get(0);
        ModelVersion version = ImportedModel.of(
                file,
                new ImportedModel.Purpose("fraud", town.models().get(0).getFeatures(), Map.of()),
                new ImportedModel.Mapping(List.of("amount-cents", "terminal.risk.30d"), Optional.empty()),
                new ImportedModel.Origin("lab.onnx", "ann", "from the lab"),
                1);
        ModelVersion registered = new ModelRegistry(lakehouse)
                .register(version, Judgement.of("signature", true, "checked"))
                .version();
        double[] row =
                made.getFeatures().stream().mapToDouble(Double::doubleValue).toArray();
        try (LoadedModel model = LoadedModel.load(registered, registered.getFeatures())) {
            Prediction by = Prediction.newBuilder(made)
                    .setModelVersion(registered.getVersion())
                    .setModelSha256(registered.getSha256())
                    .setScore(model.score(new double[][] {row, new double[row.length]})[0]) // one of two, as in a batch
                    .build();
            return explainer.explain(by, MOST_EVENTS);
        }
    }

    @Test
    void aGenerationThatWasNeverRecordedIsNamed() {
        Prediction made = town.predictions().get(0);
        ViewReading customer = made.getReadings().get(0);
        Prediction lost = Prediction.newBuilder(made)
                .setReadings(List.of(
                        new ViewReading(customer.getView(), customer.getEntity(), 7L, List.of(), true),
                        made.getReadings().get(1)))
                .build();
        assertThatThrownBy(() -> explainer.explain(lost, MOST_EVENTS))
                .hasMessage("Generation 7 of fraud.customer must be among the recorded generations, got [1, 2]");
    }

    @Test
    void aPredictionThatIsNotThereIsToldFromOneThatNeverWasOneThatIsGoneAndOneStillToCome() {
        long oldest = town.predictions().stream()
                .mapToLong(Prediction::getMadeMillis)
                .min()
                .orElseThrow();
        long newest = town.predictions().stream()
                .mapToLong(Prediction::getMadeMillis)
                .max()
                .orElseThrow();
        long hour = 3_600_000;

        assertThat(archive.explain("rest-1", newest, MOST_EVENTS)).isInstanceOf(Found.Never.class);
        assertThat(archive.explain("pricing-rest-1-1", newest, MOST_EVENTS)).isInstanceOf(Found.Never.class);
        assertThat(archive.explain("fraud-rest-" + (newest + hour) + "-1", newest, MOST_EVENTS))
                .isInstanceOf(Found.Never.class);
        assertThat(archive.explain("fraud-rest-" + (oldest - 1) + "-1", newest, MOST_EVENTS))
                .isInstanceOf(Found.Gone.class);
        assertThat(archive.explain("fraud-rest-" + (newest + 1) + "-1", newest + hour, MOST_EVENTS))
                .isInstanceOf(Found.NotYet.class);
        assertThat(archive.explain("fraud-rest-" + newest + "-1", newest, MOST_EVENTS))
                .isInstanceOf(Found.NotYet.class);
    }

    @Test
    void aSampleIsTheSameForTheSameSeedAndAnotherForAnother() {
        List<String> ids =
                town.predictions().stream().map(Prediction::getPredictionId).toList();

        List<String> sample = archive.sample("fraud", 10, 1);

        assertThat(sample).hasSize(10).doesNotHaveDuplicates().isSubsetOf(ids);
        assertThat(archive.sample("fraud", 10, 1)).isEqualTo(sample);
        assertThat(archive.sample("fraud", 10, 2)).isNotEqualTo(sample);
        assertThat(archive.sample("fraud", 1_000, 1)).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(archive.count("fraud")).isEqualTo(ids.size());
    }

    private static Explanation found(String id) {
        Found found = archive.explain(id, Long.MAX_VALUE / 2, Integer.MAX_VALUE);
        assertThat(found).isInstanceOf(Found.Archived.class);
        return (Explanation) ((Found.Archived) found).remade();
    }
}
