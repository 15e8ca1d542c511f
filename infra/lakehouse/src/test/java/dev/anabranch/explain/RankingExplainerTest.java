package dev.anabranch.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anabranch.contract.OriginOffset;
import dev.anabranch.contract.ViewReadings;
import dev.anabranch.explain.RankedExplanation.Feature;
import dev.anabranch.explain.RankedExplanation.Item;
import dev.anabranch.lakehouse.CatalogConfig;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.model.PredictionId;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.recommendation.RecommendationRanking;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.recommendation.Shown;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RankingExplainerTest {
    private static final int EVENTS = 0;

    @TempDir
    static Path folder;

    private static Lakehouse lakehouse;
    private static ArchivedReaders readers;
    private static Explainer archive;
    private static RegisteredModels models;
    private static RankingExplainer explainer;

    @BeforeAll
    static void archiveReaders() throws Exception {
        lakehouse = Lakehouse.open(CatalogConfig.under(folder));
        readers = new ArchivedReaders(lakehouse);
        archive = new Explainer(lakehouse);
        models = new RegisteredModels(lakehouse, none -> Optional.empty());
        explainer = new RankingExplainer(new GenerationCuts(lakehouse), new ArchivedHistory(lakehouse), models);
    }

    @AfterAll
    static void close() {
        archive.close();
        models.close();
        lakehouse.close();
    }

    @Test
    void everyAnswerComesOutAsItWasGivenToTheBitWhereverEachOfItsEntitiesStood() {
        int items = 0;
        for (Shown given : readers.answers()) {
            RankedExplanation explanation = byName(given.getAnswerId());

            assertThat(explanation.differences()).as(given.getAnswerId()).isEmpty();
            assertThat(explanation.identical()).isTrue();
            assertThat(explanation.items()).extracting(Item::name).isEqualTo(given.getItems());
            assertThat(explanation.items()).extracting(Item::recomputed).isEqualTo(given.getScores());
            items += explanation.items().size();
        }
        assertThat(items).isGreaterThan(100);
        assertThat(readers.answers()).extracting(Shown::getRanker).contains("recommendation-trending");
    }

    @Test
    void severalMadeAgainInOneReadingComeOutAsEachByItself() {
        List<String> names =
                readers.answers().stream().map(given -> given.getAnswerId()).toList();

        assertThat(archive.explain(RecommendationUseCase.NAME, names, EVENTS).remade())
                .usingRecursiveComparison()
                .isEqualTo(names.stream().map(RankingExplainerTest::byName).toList());
    }

    @Test
    void whatTheFeaturesOfAnItemAddIsToldWhereAModelRanked() {
        RankedExplanation byModel =
                explain(one(given -> !given.getRankerSha256().isEmpty()));
        RankedExplanation byRule = explain(one(given -> given.getRanker().equals("recommendation-by-rule")
                && !given.getItems().isEmpty()));

        assertThat(byModel.of()).isEqualTo("log odds");
        for (Item item : byModel.items()) {
            double sum = item.base()
                    + item.features().stream()
                            .mapToDouble(Feature::contribution)
                            .sum();
            assertThat(1 / (1 + Math.exp(-sum))).isCloseTo(item.logged(), within(1e-6));
        }
        assertThat(byRule.notTakenApart()).isEqualTo("it was ranked by a rule");
        assertThat(byRule.items().get(0).features().get(0).contribution()).isNull();
    }

    @Test
    void whatDiffersByTheSmallestBitIsShown() {
        Shown given = one(each -> !each.getRankerSha256().isEmpty());
        List<Double> features = new ArrayList<>(given.getFeatures());
        features.set(8, Math.nextUp(features.get(8)));
        List<Double> scores = new ArrayList<>(given.getScores());
        scores.set(1, Math.nextDown(scores.get(1)));
        RankedExplanation explanation = explain(
                Shown.newBuilder(given).setFeatures(features).setScores(scores).build());

        assertThat(explanation.identical()).isFalse();
        assertThat(explanation.differences())
                .containsExactly(
                        "Feature conversion-rate of " + given.getItems().get(0) + " was " + features.get(8)
                                + ", and is now " + given.getFeatures().get(8),
                        "The score of " + given.getItems().get(1) + " was " + scores.get(1) + ", and is now "
                                + given.getScores().get(1));
    }

    @Test
    void itemsInAnotherOrderAreADifferenceUnlessATeamsOwnRescorersHadASay() {
        Shown given =
                one(each -> each.getItems().size() > 2 && !each.getFeatures().isEmpty());
        int width = new RecommendationRanking().featureNames().size();
        List<String> items = new ArrayList<>(given.getItems());
        List<Double> scores = new ArrayList<>(given.getScores());
        List<Double> features = new ArrayList<>(given.getFeatures());
        Collections.swap(items, 0, 1);
        Collections.swap(scores, 0, 1);
        Collections.rotate(features.subList(0, 2 * width), width);
        Shown turned = Shown.newBuilder(given)
                .setItems(items)
                .setScores(scores)
                .setFeatures(features)
                .build();

        assertThat(explain(turned).differences())
                .containsExactly("The items were " + items + ", and are now " + given.getItems());
        assertThat(explain(Shown.newBuilder(turned).setRescored(true).build()).differences())
                .isEmpty();
        assertThat(explain(Shown.newBuilder(turned)
                                .setRescored(true)
                                .setItems(Collections.nCopies(items.size(), "never-heard-of"))
                                .build())
                        .differences())
                .contains("Item never-heard-of does not come into consideration now");
    }

    @Test
    void oneEventLessOfOneItemThatWasShownIsADifferenceOfThatItem() {
        int told = 0;
        for (Shown given : readers.answers()) {
            for (String item : given.getItems()) {
                Optional<Shown> less = withOneEventLess(given, item);
                if (less.isPresent() && !given.getFeatures().isEmpty()) {
                    assertThat(explain(less.get()).differences())
                            .as("%s of %s", item, given.getAnswerId())
                            .anyMatch(difference -> difference.contains(" of " + item + " was "));
                    told++;
                }
            }
        }
        assertThat(told).isGreaterThan(10);
    }

    /** Of an item of which an event past the cut is known, and one before it: as of the earlier one. */
    private static Optional<Shown> withOneEventLess(Shown given, String item) {
        for (int g = 0; g < given.getReadings().size(); g++) {
            ViewReadings of = given.getReadings().get(g);
            int at = of.getEntities().indexOf(item);
            int origins = of.getNewest().size();
            for (int o = 0; of.getView().equals("recommendation.item") && at >= 0 && o < origins; o++) {
                long behind = of.getBehind().get(at * origins + o);
                if (behind > 0) {
                    List<Long> less = new ArrayList<>(of.getBehind());
                    less.set(at * origins + o, behind + 1);
                    List<ViewReadings> readings = new ArrayList<>(given.getReadings());
                    readings.set(
                            g,
                            new ViewReadings(of.getView(), of.getGeneration(), of.getNewest(), of.getEntities(), less));
                    return Optional.of(
                            Shown.newBuilder(given).setReadings(readings).build());
                }
            }
        }
        return Optional.empty();
    }

    @Test
    void anAnswerThatLooksAtWhatWasNotReadThenSaysWhat() {
        Shown given = one(each -> !each.getRanker().equals("recommendation-trending"));
        List<ViewReadings> without = given.getReadings().stream()
                .filter(readings -> !readings.getView().equals("recommendation.catalogue"))
                .toList();

        assertThat(explain(Shown.newBuilder(given).setReadings(without).build()).differences())
                .singleElement()
                .asString()
                .startsWith("It would look at 'i-")
                .endsWith("of recommendation.catalogue, and did not then");
    }

    @Test
    void anAnswerOfAReleaseBeforeAndOneAheadOfTheArchiveAreNotMadeAgainAndCountForNothing() {
        Shown given = readers.answers().get(0);
        Shown old = named(Shown.newBuilder(given).setReadings(List.of()), 1);
        ViewReadings some = given.getReadings().get(0);
        Shown ahead = named(
                Shown.newBuilder(given)
                        .setReadings(List.of(new ViewReadings(
                                some.getView(),
                                some.getGeneration(),
                                List.of(new OriginOffset(RecommendationEvents.INTERACTION.topic(), 0, 1_000_000L)),
                                List.of("u-1"),
                                List.of(1L)))),
                2);
        ArchivedReaders.archive(lakehouse, List.of(old, ahead), 1_000);

        assertThat(archive.explain(old.getAnswerId(), Long.MAX_VALUE / 2, EVENTS))
                .isInstanceOf(Found.Unrecorded.class);
        assertThat(archive.explain(ahead.getAnswerId(), Long.MAX_VALUE / 2, EVENTS))
                .isInstanceOf(Found.Ahead.class);
        Recheck.Result all =
                new Recheck(lakehouse, Clock.systemUTC()).of(RecommendationUseCase.NAME, 1_000, 1, done -> {});
        assertThat(List.of(all.checked(), all.identical(), all.ahead(), all.unrecorded()))
                .containsExactly(readers.answers().size(), readers.answers().size(), 1, 1);
    }

    private static Shown named(Shown.Builder shown, int number) {
        return shown.setAnswerId(PredictionId.ofAnswer(
                                RecommendationUseCase.NAME, shown.getEventTimeMillis(), new UUID(2, number))
                        .toString())
                .build();
    }

    @Test
    void whatRankedIsNotAskedInItsPlaceByAnotherArtifact() {
        Shown given = one(each -> !each.getRankerSha256().isEmpty() && each.getVectorsVersion() > 0);

        assertThat(explain(Shown.newBuilder(given).setRankerSha256("beef").build())
                        .differences())
                .containsExactly("The scores cannot be made again: the registry has recommendation version 1 with the"
                        + " artifact " + readers.ranker().getSha256()
                        + ", and the prediction was made by the artifact beef");
        assertThat(explain(Shown.newBuilder(given).setVectorsVersion(9).build()).differences())
                .containsExactly(
                        "The vectors cannot be had again: the registry does not have recommendation-items version 9");
    }

    @Test
    void aViewThatAnswersAreNotMadeOfAndAGenerationThatWasNeverRecordedAreNamed() {
        Shown given = readers.answers().get(0);
        ViewReadings some = given.getReadings().get(0);

        assertThat(explain(with(given, "fraud.customer", 0, some)).differences())
                .singleElement()
                .asString()
                .startsWith("It was made of fraud.customer, and is made of the views [recommendation.user, ");
        assertThat(explain(with(given, some.getView(), 7, some)).differences())
                .containsExactly("Generation 7 of " + some.getView()
                        + ", which it was made of, is not among the recorded generations");
    }

    private static Shown with(Shown given, String view, long generation, ViewReadings of) {
        return Shown.newBuilder(given)
                .setReadings(
                        List.of(new ViewReadings(view, generation, of.getNewest(), of.getEntities(), of.getBehind())))
                .build();
    }

    @Test
    void aSampleIsMadeAgainAndCounted() {
        Recheck.Result result =
                new Recheck(lakehouse, Clock.systemUTC()).of(RecommendationUseCase.NAME, 20, 1, done -> {});

        assertThat(result.checked()).isBetween(18, 20); // another test adds two that cannot be
        assertThat(result.identical()).isEqualTo(result.checked());
        assertThat(result.versions()).containsKeys("recommendation-1", "recommendation-by-rule");
        assertThat(result.generations()).containsKeys("recommendation.user 0", "recommendation.user 2");
    }

    @Test
    void whatAnAnswerSaysOfItselfIsNotWhatItIsMadeAgainBy() {
        Shown trending = one(each -> each.getRanker().equals("recommendation-trending"));
        Shown personal = one(each -> each.getRanker().equals("recommendation-by-rule")
                && !each.getItems().isEmpty());

        assertThat(explain(Shown.newBuilder(personal)
                                .setRanker("recommendation-trending")
                                .build())
                        .differences())
                .as("it is still what comes of a history")
                .isEmpty();
        assertThat(explain(Shown.newBuilder(trending).setUserId("u-1").build()).differences())
                .containsExactly("It would look at 'u-1' of recommendation.user, and did not then");
    }

    private static Shown one(Predicate<Shown> wanted) {
        return readers.answers().stream().filter(wanted).findFirst().orElseThrow();
    }

    private static RankedExplanation explain(Shown given) {
        return explainer
                .explain(RecommendationUseCase.NAME, new RecommendationRanking(), List.of(given))
                .get(0);
    }

    private static RankedExplanation byName(String name) {
        Found found = archive.explain(name, Long.MAX_VALUE / 2, EVENTS);
        assertThat(found).isInstanceOf(Found.Archived.class);
        return (RankedExplanation) ((Found.Archived) found).remade();
    }
}
