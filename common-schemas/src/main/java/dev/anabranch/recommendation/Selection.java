package dev.anabranch.recommendation;

import dev.anabranch.recommendation.Situations.Asked;
import dev.anabranch.view.Knowledge;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * From what comes into consideration to the items of an answer: less what is withdrawn, seen or not as wanted, the best
 * first. Pure, so an answer that was given can be given again.
 */
public final class Selection {
    private static final int CONSIDERED_TRENDING = 200;
    private static final double[] NO_FEATURES = {};
    private static final Comparator<Selected> BEST_FIRST =
            Comparator.comparingDouble(Selected::score).reversed().thenComparing(Selected::itemId);

    private Selection() {}

    /**
     * An item of an answer.
     *
     * @param ranked   what the ranker gave it
     * @param features what the ranker knew of it; none where it trends
     * @param score    what it has in the end
     */
    public record Selected(String itemId, double ranked, double[] features, double score, ItemState state) {}

    /**
     * What trends.
     *
     * @param context where: everywhere when nothing trends in the context that was asked about
     */
    public record Trends(String context, List<Selected> items) {}

    /** @param scores of the situation's candidates, in their order */
    public static List<Selected> of(
            Asked asked, Situation situation, double[] scores, Wanted wanted, Rescorer rescorer) {
        return first(all(asked, situation, scores, wanted, rescorer), wanted);
    }

    /** The same with all that came into consideration. */
    static List<Selected> all(Asked asked, Situation situation, double[] scores, Wanted wanted, Rescorer rescorer) {
        Set<String> seen = wanted.excludeSeen()
                ? situation.history().lastItems(History.MOST).keySet()
                : Set.of();
        List<Selected> items = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            Situation.Candidate candidate = situation.candidates().get(i);
            if (!seen.contains(candidate.itemId())) {
                selected(
                                asked,
                                candidate.itemId(),
                                candidate.state(),
                                scores[i],
                                candidate.features(),
                                wanted,
                                rescorer)
                        .ifPresent(items::add);
            }
        }
        items.sort(BEST_FIRST);
        return items;
    }

    /** What trends in the context; everywhere, when nothing does there. */
    public static CompletionStage<Trends> trending(Asked asked, Knowledge knowledge, Wanted wanted, Rescorer rescorer) {
        return allTrending(asked, knowledge, wanted, rescorer)
                .thenApply(all -> new Trends(all.context(), first(all.items(), wanted)));
    }

    /** The same with all that came into consideration for it. */
    static CompletionStage<Trends> allTrending(Asked asked, Knowledge knowledge, Wanted wanted, Rescorer rescorer) {
        return allTrending(asked.context(), asked, knowledge, wanted, rescorer);
    }

    private static CompletionStage<Trends> allTrending(
            String context, Asked asked, Knowledge knowledge, Wanted wanted, Rescorer rescorer) {
        return Situations.trending(context, knowledge, asked.atMillis()).thenCompose(trends -> {
            if (trends.isEmpty() && !context.equals(RecommendationViews.EVERYWHERE)) {
                return allTrending(RecommendationViews.EVERYWHERE, asked, knowledge, wanted, rescorer);
            }
            List<String> considered = Situations.best(trends, Math.max(CONSIDERED_TRENDING, wanted.most()));
            return knowledge
                    .read(RecommendationViews.CATALOGUE, considered, asked.atMillis())
                    .thenApply(states -> {
                        List<Selected> items = new ArrayList<>(considered.size());
                        for (String item : considered) {
                            selected(
                                            asked,
                                            item,
                                            states.get(item).get(0),
                                            trends.get(item),
                                            NO_FEATURES,
                                            wanted,
                                            rescorer)
                                    .ifPresent(items::add);
                        }
                        items.sort(BEST_FIRST);
                        return new Trends(context, items);
                    });
        });
    }

    /** Items that are like one, by scores that were given elsewhere. */
    public static List<Selected> of(
            Asked asked, Map<String, Double> scores, Map<String, ItemState> states, Wanted wanted, Rescorer rescorer) {
        List<Selected> items = new ArrayList<>(scores.size());
        scores.forEach((item, score) -> selected(asked, item, states.get(item), score, NO_FEATURES, wanted, rescorer)
                .ifPresent(items::add));
        items.sort(BEST_FIRST);
        return first(items, wanted);
    }

    private static Optional<Selected> selected(
            Asked asked,
            String itemId,
            ItemState state,
            double ranked,
            double[] features,
            Wanted wanted,
            Rescorer rescorer) {
        if (!wanted.allows(state)) {
            return Optional.empty();
        }
        OptionalDouble score = rescorer.score(asked, itemId, state, ranked);
        return score.isPresent()
                ? Optional.of(new Selected(itemId, ranked, features, score.getAsDouble(), state))
                : Optional.empty();
    }

    private static List<Selected> first(List<Selected> items, Wanted wanted) {
        return List.copyOf(items.subList(0, Math.min(wanted.most(), items.size())));
    }
}
