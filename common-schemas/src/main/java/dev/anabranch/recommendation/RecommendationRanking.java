package dev.anabranch.recommendation;

import dev.anabranch.event.EventType;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.ranking.Ranked;
import dev.anabranch.ranking.RankedAnswer;
import dev.anabranch.ranking.RankedAnswer.Version;
import dev.anabranch.ranking.Ranking;
import dev.anabranch.recommendation.Situations.Asked;
import dev.anabranch.vectors.VectorsModel;
import dev.anabranch.view.Knowledge;
import dev.anabranch.view.Readings;
import dev.anabranch.view.View;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** How answers to users are written down, as {@link Shown}, and made again. */
public final class RecommendationRanking implements Ranking<Shown> {
    /** So many items of an answer are written down: nobody looks at more. */
    public static final int ITEMS = 100;

    private static final Situations SITUATIONS = new Situations(Situations.Limits.USUAL);
    private static final List<View<?>> VIEWS = List.of(
            RecommendationViews.USER,
            RecommendationViews.TRENDING,
            RecommendationViews.TOGETHER,
            RecommendationViews.READERS_OF,
            RecommendationViews.ITEM_ACTIVITY,
            RecommendationViews.CATALOGUE);

    @Override
    public EventType<Shown> answers() {
        return RecommendationEvents.SHOWN;
    }

    @Override
    public String nameField() {
        return "answerId";
    }

    @Override
    public String madeField() {
        return "eventTimeMillis";
    }

    @Override
    public String readingsField() {
        return "readings";
    }

    @Override
    public List<String> featureNames() {
        return CandidateFeatures.NAMES;
    }

    @Override
    public int usuallyShown() {
        return 10;
    }

    @Override
    public List<View<?>> views() {
        return VIEWS;
    }

    @Override
    public RankedAnswer read(Shown shown) {
        return new RankedAnswer(
                shown.getAnswerId(),
                shown.getEventTimeMillis(),
                question(shown),
                shown.getRanker(),
                version(
                        RecommendationUseCase.NAME,
                        Attribution.version(shown.getRanker()),
                        shown.getRankerSha256(),
                        shown.getVariant()),
                version(RecommendationUseCase.ITEMS, shown.getVectorsVersion(), shown.getVectorsSha256(), ""),
                shown.getMost() >= usuallyShown() && shown.getFilter().isEmpty(),
                shown.getRescored(),
                shown.getExact(),
                items(shown),
                Readings.read(shown.getReadings()));
    }

    private static Map<String, String> question(Shown shown) {
        Map<String, String> question = new LinkedHashMap<>();
        question.put("user", shown.getUserId());
        question.put("context", shown.getContext());
        question.put("n", String.valueOf(shown.getMost()));
        question.put("exclude-seen", String.valueOf(shown.getExcludeSeen()));
        shown.getFilter().forEach((attribute, value) -> question.put("filter " + attribute, value));
        return question;
    }

    private static Optional<Version> version(String model, long version, String sha256, String variant) {
        return sha256.isEmpty() ? Optional.empty() : Optional.of(new Version(model, version, sha256, variant));
    }

    /** An answer of before scores were written down has none. */
    private static List<Ranked> items(Shown shown) {
        int size = shown.getScores().size();
        int width = size == 0 ? 0 : shown.getFeatures().size() / size;
        List<Ranked> items = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            items.add(new Ranked(
                    shown.getItems().get(i),
                    shown.getScores().get(i),
                    shown.getFeatures().subList(i * width, (i + 1) * width).stream()
                            .mapToDouble(Double::doubleValue)
                            .toArray()));
        }
        return items;
    }

    @Override
    public CompletionStage<List<Ranked>> again(
            Shown shown, Knowledge knowledge, Optional<LoadedModel> ranker, Optional<VectorsModel> vectors) {
        String user = shown.getUserId();
        long atMillis = shown.getEventTimeMillis();
        Wanted wanted = new Wanted(shown.getMost(), shown.getExcludeSeen(), shown.getFilter());
        long most = shown.getRescored() ? Long.MAX_VALUE : Math.min(ITEMS, wanted.most());
        return knowledge
                .read(RecommendationViews.USER, List.of(user), atMillis)
                .thenCompose(users -> {
                    History history = users.get(user).get(RecommendationViews.HISTORY);
                    Asked asked = new Asked(user, history, shown.getContext(), atMillis);
                    return history.interactions().isEmpty() // what the answer says of itself is not asked
                            ? Selection.allTrending(asked, knowledge, wanted, Rescorer.NONE)
                                    .thenApply(Selection.Trends::items)
                            : SITUATIONS
                                    .of(asked, knowledge, vectors.map(v -> new Taste(v.vectors(), v.foldIn())))
                                    .thenApply(situation -> Selection.all(
                                            asked, situation, scores(situation, ranker), wanted, Rescorer.NONE));
                })
                .thenApply(items -> items.stream()
                        .limit(most)
                        .map(item -> new Ranked(item.itemId(), item.ranked(), item.features()))
                        .toList());
    }

    private static double[] scores(Situation situation, Optional<LoadedModel> ranker) {
        double[][] features = situation.features();
        return ranker.isPresent() && features.length > 0
                ? ranker.get().score(features)
                : CandidateFeatures.byRule(features);
    }
}
