package dev.anabranch.recommendation;

import static dev.anabranch.recommendation.RecommendationViews.CATALOGUE;
import static dev.anabranch.recommendation.RecommendationViews.EVERYWHERE;
import static dev.anabranch.recommendation.RecommendationViews.ITEM_ACTIVITY;
import static dev.anabranch.recommendation.RecommendationViews.READERS_OF;
import static dev.anabranch.recommendation.RecommendationViews.TOGETHER;
import static dev.anabranch.recommendation.RecommendationViews.TRENDING;
import static dev.anabranch.recommendation.RecommendationViews.TRENDING_HALF_LIFE;
import static dev.anabranch.recommendation.RecommendationViews.USER;

import dev.anabranch.aggregate.ByKey;
import dev.anabranch.aggregate.Count;
import dev.anabranch.aggregate.Decayed;
import dev.anabranch.aggregate.Latest;
import dev.anabranch.vectors.FoldIn;
import dev.anabranch.vectors.Vectors;
import dev.anabranch.view.Knowledge;
import dev.anabranch.view.WindowValues;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * How a question becomes a situation, by four rounds of reading: the user and what trends; who else turned to the user's
 * last items, and what followed them; what those others turned to; and the items that come into consideration. Pure: the
 * same knowledge gives the same situation, in the serving layer, in training and in evaluation.
 */
public final class Situations {
    private static final int LAST_ITEMS = 20;
    private static final int LAST_FEW = 5;
    private static final int NEIGHBOURS = 50;
    private static final double NEIGHBOUR_HALF_LIFE_MILLIS = Duration.ofDays(1).toMillis();

    private static final Comparator<Map.Entry<String, Double>> BEST_FIRST =
            Map.Entry.<String, Double>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey());

    private final Limits limits;

    /**
     * How many items come into consideration, by where they come from.
     *
     * @param trending   from what trends everywhere
     * @param inContext  from what trends in the context
     * @param neighbours from what neighbours turned to
     * @param together   from what followed the user's last items
     * @param taste      from those nearest to the user's vector
     */
    public record Limits(int trending, int inContext, int neighbours, int together, int taste) {
        public static final Limits USUAL = new Limits(60, 20, 40, 20, 40);
    }

    /**
     * What is asked.
     *
     * @param userId   who asks; empty for a visit without a name
     * @param known    what a visit without a name did; null when a user asks, whose history is read
     * @param context  where; empty when that is not told
     * @param atMillis when
     */
    public record Asked(String userId, History known, String context, long atMillis) {}

    public Situations(Limits limits) {
        this.limits = limits;
    }

    /** The readings of a question as they come in. */
    private static final class Gathered {
        History history;
        Map<String, Double> trending;
        Map<String, Double> inContext;
        final Map<String, Double> together = new HashMap<>();
        final Map<String, Double> neighbours = new HashMap<>();
    }

    public CompletionStage<Situation> of(Asked asked, Knowledge knowledge, Optional<Taste> taste) {
        Gathered gathered = new Gathered();
        return whoAndWhatTrends(asked, knowledge, gathered)
                .thenCompose(done -> neighbours(asked, knowledge, gathered))
                .thenCompose(done -> candidates(asked, knowledge, gathered, taste));
    }

    /** What trends in a context: decayed interactions by item. */
    public static CompletionStage<Map<String, Double>> trending(String context, Knowledge knowledge, long atMillis) {
        return knowledge
                .read(TRENDING, RecommendationViews.trending(context), atMillis)
                .thenApply(shards -> {
                    Map<String, Double> trending = new HashMap<>();
                    Decayed.Moment moment = Decayed.Moment.of(atMillis, TRENDING_HALF_LIFE);
                    for (WindowValues<ByKey<Decayed>> shard : shards.values()) {
                        shard.get(0).forEach((item, decayed) -> trending.put(item, decayed.at(moment)));
                    }
                    return trending;
                });
    }

    private static CompletionStage<Void> whoAndWhatTrends(Asked asked, Knowledge knowledge, Gathered gathered) {
        CompletionStage<History> history = asked.known() != null
                ? CompletableFuture.completedFuture(asked.known())
                : knowledge
                        .read(USER, List.of(asked.userId()), asked.atMillis())
                        .thenApply(users -> users.get(asked.userId()).get(RecommendationViews.HISTORY));
        CompletionStage<Map<String, Double>> everywhere = trending(EVERYWHERE, knowledge, asked.atMillis());
        CompletionStage<Map<String, Double>> inContext = asked.context().equals(EVERYWHERE)
                ? everywhere
                : trending(asked.context(), knowledge, asked.atMillis());
        return history.thenAccept(h -> gathered.history = h)
                .thenCompose(done -> everywhere)
                .thenAccept(t -> gathered.trending = t)
                .thenCompose(done -> inContext)
                .thenAccept(t -> gathered.inContext = t);
    }

    private static CompletionStage<Void> neighbours(Asked asked, Knowledge knowledge, Gathered gathered) {
        List<String> last = List.copyOf(gathered.history.lastItems(LAST_ITEMS).keySet());
        if (last.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        List<String> few = last.subList(0, Math.min(LAST_FEW, last.size()));
        return knowledge
                .read(TOGETHER, few, asked.atMillis())
                .thenAccept(followed -> followed.values().forEach(one -> addFollowers(one.get(0), gathered.together)))
                .thenCompose(done -> knowledge.read(READERS_OF, last, asked.atMillis()))
                .thenCompose(readers -> {
                    Map<String, Double> weights = new HashMap<>();
                    for (WindowValues<Latest> one : readers.values()) {
                        List<Latest.Entry> entries = one.get(0).entries();
                        entries.forEach(e -> weights.merge(e.key(), 1 / Math.sqrt(entries.size()), Double::sum));
                    }
                    weights.remove(asked.userId());
                    List<String> nearest = best(weights, NEIGHBOURS);
                    return knowledge.read(USER, nearest, asked.atMillis()).thenAccept(others -> {
                        for (String other : nearest) {
                            others.get(other)
                                    .get(RecommendationViews.HISTORY)
                                    .lastItems(LAST_ITEMS)
                                    .forEach((item, when) -> gathered.neighbours.merge(
                                            item,
                                            weights.get(other)
                                                    * StrictMath.pow(
                                                            2, -(asked.atMillis() - when) / NEIGHBOUR_HALF_LIFE_MILLIS),
                                            Double::sum));
                        }
                    });
                });
    }

    private static void addFollowers(ByKey<Count> followers, Map<String, Double> to) {
        long[] all = {0};
        followers.forEach((item, count) -> all[0] += count.events());
        followers.forEach((item, count) -> to.merge(item, count.events() / Math.sqrt(all[0]), Double::sum));
    }

    private CompletionStage<Situation> candidates(
            Asked asked, Knowledge knowledge, Gathered gathered, Optional<Taste> taste) {
        Map<String, Double> strengths = Taste.strengths(gathered.history, asked.atMillis());
        Optional<FoldIn.Folded> folded = taste.flatMap(t -> t.of(strengths));
        Set<String> items = new LinkedHashSet<>(best(gathered.trending, limits.trending()));
        items.addAll(best(gathered.inContext, limits.inContext()));
        items.addAll(best(gathered.neighbours, limits.neighbours()));
        items.addAll(best(gathered.together, limits.together()));
        if (folded.isPresent() && limits.taste() > 0) {
            taste.get().nearest(folded.get(), limits.taste()).forEach(found -> items.add(found.name()));
        }
        return features(asked, knowledge, gathered, taste, folded, List.copyOf(items))
                .thenApply(candidates -> new Situation(
                        gathered.history, strengths, folded, gathered.trending, gathered.neighbours, candidates));
    }

    private static CompletionStage<List<Situation.Candidate>> features(
            Asked asked,
            Knowledge knowledge,
            Gathered gathered,
            Optional<Taste> taste,
            Optional<FoldIn.Folded> folded,
            List<String> items) {
        float[] vector = folded.map(FoldIn.Folded::vector).orElse(null);
        int history = gathered.history.lastItems(History.MOST).size();
        return knowledge
                .read(ITEM_ACTIVITY, items, asked.atMillis())
                .thenCombine(knowledge.read(CATALOGUE, items, asked.atMillis()), (activities, states) -> {
                    List<Situation.Candidate> candidates = new ArrayList<>(items.size());
                    for (String item : items) {
                        double near = vector == null ? 0 : product(taste.get().vectors(), vector, item);
                        candidates.add(new Situation.Candidate(
                                item,
                                CandidateFeatures.of(
                                        asked.atMillis(),
                                        asked.context(),
                                        gathered.trending.getOrDefault(item, 0.0),
                                        gathered.inContext.getOrDefault(item, 0.0),
                                        gathered.neighbours.getOrDefault(item, 0.0),
                                        gathered.together.getOrDefault(item, 0.0),
                                        near,
                                        activities.get(item).get(0),
                                        history),
                                states.get(item).get(0)));
                    }
                    return candidates;
                });
    }

    private static double product(Vectors vectors, float[] vector, String item) {
        return vectors.has(item) ? vectors.product(vector, item) : 0;
    }

    /** The keys with the greatest values, the greatest first; of equals the first by name. */
    static List<String> best(Map<String, Double> values, int most) {
        PriorityQueue<Map.Entry<String, Double>> best = new PriorityQueue<>(BEST_FIRST.reversed());
        for (Map.Entry<String, Double> each : values.entrySet()) {
            if (best.size() < most) {
                best.add(each);
            } else if (most > 0 && BEST_FIRST.compare(each, best.element()) < 0) { // few of the many that there are
                best.remove();
                best.add(each);
            }
        }
        return best.stream().sorted(BEST_FIRST).map(Map.Entry::getKey).toList();
    }
}
