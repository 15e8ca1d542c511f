package dev.anabranch.recommendation.serving;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.experiment.Variant;
import dev.anabranch.model.Lineup;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.ServedModel;
import dev.anabranch.recommendation.Attribution;
import dev.anabranch.recommendation.CandidateFeatures;
import dev.anabranch.recommendation.History;
import dev.anabranch.recommendation.ItemState;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.recommendation.RecommendationViews;
import dev.anabranch.recommendation.Situation;
import dev.anabranch.recommendation.Situations;
import dev.anabranch.recommendation.Situations.Asked;
import dev.anabranch.recommendation.serving.Recommendations.Recommended;
import dev.anabranch.recommendation.serving.ShownLog.Ranker;
import dev.anabranch.serving.Models;
import dev.anabranch.serving.Refused;
import dev.anabranch.serving.Views;
import dev.anabranch.vectors.Vectors;
import io.quarkus.arc.All;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Makes answers: the situation as the merged views have it, ranked by the live model or by rule, less what is withdrawn,
 * seen, filtered or refused by a hook. Each answer holds one version of the item vectors from its beginning to its end.
 */
@ApplicationScoped
class Recommending {
    private static final Situations SITUATIONS = new Situations(Situations.Limits.USUAL);
    private static final int CONSIDERED_TRENDING = 200;
    private static final String NOBODY = "";
    private static final Comparator<Recommended> BEST_FIRST =
            Comparator.comparingDouble(Recommended::score).reversed().thenComparing(Recommended::itemId);

    private final Views views;
    private final Models models;
    private final List<RecommendationHook> hooks;
    private final ShownLog shownLog;
    private final Clock clock;

    Recommending(Views views, Models models, @All List<RecommendationHook> hooks, ShownLog shownLog, Clock clock) {
        this.views = views;
        this.models = models;
        this.hooks = hooks;
        this.shownLog = shownLog;
        this.clock = clock;
    }

    /**
     * What an answer must keep to.
     *
     * @param most        how many items
     * @param excludeSeen whether what the user has turned to is left out
     * @param attributes  what items must be like, by attribute
     */
    record Wanted(int most, boolean excludeSeen, Map<String, String> attributes) {
        boolean allows(ItemState state) {
            return state.available()
                    && attributes.entrySet().stream()
                            .allMatch(
                                    a -> a.getValue().equals(state.attributes().get(a.getKey())));
        }
    }

    /** Candidates with their scores, and what gave them. */
    private record Scored(Map<Situation.Candidate, Double> scores, Ranked by) {}

    /** A version and the part it played; both null when it was done by rule. */
    private record Ranked(ModelVersion version, String variant) {
        static final Ranked BY_RULE = new Ranked(null, null);

        Ranker ranker() {
            return version == null
                    ? Ranker.rule(Attribution.BY_RULE)
                    : new Ranker(Attribution.ranker(version.getVersion()), variant);
        }
    }

    /** @param preview whether nobody is shown the answer, so that it is not written down */
    Uni<Recommendations> forUser(String userId, String context, Wanted wanted, boolean preview) {
        Asked asked = new Asked(userId, null, context, clock.millis());
        return answer(asked, wanted)
                .flatMap(made -> preview || made.answer().items().isEmpty()
                        ? Uni.createFrom().item(made.answer())
                        : shownLog.shown(made.answer(), made.by()));
    }

    /** @param strengths of the items of a visit, in views */
    Uni<Recommendations> forVisit(Map<String, Double> strengths, String context, Wanted wanted) {
        long now = clock.millis();
        MergedKnowledge knowledge = new MergedKnowledge(views);
        return known(strengths.keySet(), knowledge, now).flatMap(done -> {
            List<History.Done> history = new ArrayList<>();
            strengths.forEach((item, strength) ->
                    history.add(new History.Done(item, now, "view", Math.max(1, Math.round(strength * 1_000)))));
            return answer(new Asked(NOBODY, History.ofAll(history), context, now), wanted)
                    .map(Made::answer);
        });
    }

    /** @throws Refused naming the first item nothing is known of */
    private Uni<Void> known(Set<String> items, MergedKnowledge knowledge, long now) {
        return uni(knowledge.read(RecommendationViews.ITEM_ACTIVITY, items, now))
                .flatMap(read -> uni(knowledge.read(RecommendationViews.CATALOGUE, items, now)))
                .map(read -> {
                    int index = 0;
                    for (String item : items) {
                        if (!knowledge.knows(item)) {
                            throw new Refused(
                                    "items[" + index + "].itemId",
                                    "must be an item that was published or turned to",
                                    "'" + item + "'");
                        }
                        index++;
                    }
                    return null;
                });
    }

    /** Items for all of them at once: each item has the mean of the members' scores, by their own order of preference. */
    Uni<Recommendations> forGroup(List<String> users, String context, Wanted wanted) {
        long now = clock.millis();
        Optional<LiveVectors> vectors = LiveVectors.of(models);
        List<MergedKnowledge> read = new ArrayList<>();
        List<Uni<Situation>> situations = new ArrayList<>();
        for (String user : users) {
            MergedKnowledge knowledge = new MergedKnowledge(views);
            read.add(knowledge);
            situations.add(uni(
                    SITUATIONS.of(new Asked(user, null, context, now), knowledge, vectors.map(LiveVectors::taste))));
        }
        return Uni.join().all(situations).andFailFast().map(all -> {
            Map<String, Double> sums = new HashMap<>();
            Map<String, ItemState> states = new HashMap<>();
            Ranked by = Ranked.BY_RULE;
            for (int u = 0; u < all.size(); u++) {
                Asked asked = new Asked(users.get(u), null, context, now);
                Scored scored = scored(all.get(u), NOBODY);
                by = scored.by();
                List<Recommended> own = ranked(
                        asked, all.get(u), scored, new Wanted(Integer.MAX_VALUE, wanted.excludeSeen(), Map.of()));
                for (int rank = 0; rank < own.size(); rank++) {
                    sums.merge(own.get(rank).itemId(), 1.0 / (rank + 1) / users.size(), Double::sum);
                }
                all.get(u).candidates().forEach(c -> states.put(c.itemId(), c.state()));
            }
            List<Recommended> items = sums.entrySet().stream()
                    .filter(e -> wanted.allows(states.get(e.getKey())))
                    .map(e -> new Recommended(
                            e.getKey(), e.getValue(), states.get(e.getKey()).attributes()))
                    .sorted(BEST_FIRST)
                    .limit(wanted.most())
                    .toList();
            boolean anybody =
                    all.stream().anyMatch(s -> !s.history().interactions().isEmpty());
            return new Recommendations(
                    null,
                    anybody ? Recommendations.PERSONAL : Recommendations.TRENDING,
                    anybody ? null : "nothing is known of any of " + users,
                    context,
                    now,
                    items,
                    by(vectors, by),
                    read.stream().allMatch(MergedKnowledge::exact),
                    null);
        });
    }

    /** An answer, and what put its items in order. */
    private record Made(Recommendations answer, Ranker by) {}

    private Uni<Made> answer(Asked asked, Wanted wanted) {
        Optional<LiveVectors> vectors = LiveVectors.of(models);
        MergedKnowledge knowledge = new MergedKnowledge(views);
        return uni(SITUATIONS.of(asked, knowledge, vectors.map(LiveVectors::taste)))
                .flatMap(situation -> {
                    if (situation.history().interactions().isEmpty()) {
                        return trendingFor(asked, wanted, knowledge)
                                .map(answer -> new Made(answer, Ranker.rule(Attribution.TRENDING)));
                    }
                    Scored scored = scored(situation, asked.userId());
                    Recommendations answer = new Recommendations(
                            asked.userId().isEmpty() ? null : asked.userId(),
                            Recommendations.PERSONAL,
                            null,
                            asked.context(),
                            asked.atMillis(),
                            ranked(asked, situation, scored, wanted),
                            by(vectors, scored.by()),
                            knowledge.exact(),
                            knowledge.provenance(asked.userId(), clock.millis()));
                    return Uni.createFrom().item(new Made(answer, scored.by().ranker()));
                });
    }

    private Uni<Recommendations> trendingFor(Asked asked, Wanted wanted, MergedKnowledge knowledge) {
        return trending(asked.context(), wanted, knowledge, asked)
                .map(trending -> new Recommendations(
                        asked.userId().isEmpty() ? null : asked.userId(),
                        Recommendations.TRENDING,
                        "nothing is known of user '" + asked.userId() + "'"
                                + (trending.because() == null ? "" : "; " + trending.because()),
                        asked.context(),
                        asked.atMillis(),
                        trending.items(),
                        trending.models(),
                        trending.exact(),
                        knowledge.provenance(asked.userId(), clock.millis())));
    }

    /** What trends in a context; everywhere, when nothing does there, and the answer says so. */
    Uni<Recommendations> trending(String context, Wanted wanted) {
        Asked asked = new Asked("", History.EMPTY, context, clock.millis());
        return trending(context, wanted, new MergedKnowledge(views), asked);
    }

    private Uni<Recommendations> trending(String context, Wanted wanted, MergedKnowledge knowledge, Asked asked) {
        return uni(Situations.trending(context, knowledge, asked.atMillis())).flatMap(trends -> {
            if (trends.isEmpty() && !context.equals(RecommendationViews.EVERYWHERE)) {
                return trending(RecommendationViews.EVERYWHERE, wanted, knowledge, asked)
                        .map(everywhere -> new Recommendations(
                                null,
                                Recommendations.TRENDING,
                                "nothing trends in '" + context + "', so this is what trends everywhere",
                                everywhere.context(),
                                everywhere.atMillis(),
                                everywhere.items(),
                                everywhere.models(),
                                everywhere.exact(),
                                null));
            }
            List<String> considered = trends.entrySet().stream()
                    .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                            .thenComparing(Map.Entry.comparingByKey()))
                    .limit(Math.max(CONSIDERED_TRENDING, wanted.most()))
                    .map(Map.Entry::getKey)
                    .toList();
            return uni(knowledge.read(RecommendationViews.CATALOGUE, considered, asked.atMillis()))
                    .map(states -> new Recommendations(
                            null,
                            Recommendations.TRENDING,
                            null,
                            context,
                            asked.atMillis(),
                            considered.stream()
                                    .flatMap(item ->
                                            judged(asked, item, states.get(item).get(0), trends.get(item), wanted)
                                                    .stream())
                                    .sorted(BEST_FIRST)
                                    .limit(wanted.most())
                                    .toList(),
                            new Recommendations.Models(null, null, null, null),
                            knowledge.exact(),
                            null));
        });
    }

    private List<Recommended> ranked(Asked asked, Situation situation, Scored scored, Wanted wanted) {
        Set<String> seen = wanted.excludeSeen()
                ? situation.history().lastItems(History.MOST).keySet()
                : Set.of();
        List<Recommended> items = new ArrayList<>();
        scored.scores().forEach((candidate, score) -> {
            if (!seen.contains(candidate.itemId())) {
                judged(asked, candidate.itemId(), candidate.state(), score, wanted)
                        .ifPresent(items::add);
            }
        });
        items.sort(BEST_FIRST);
        return List.copyOf(items.subList(0, Math.min(wanted.most(), items.size())));
    }

    private Optional<Recommended> judged(Asked asked, String item, ItemState state, double score, Wanted wanted) {
        if (!wanted.allows(state)) {
            return Optional.empty();
        }
        double now = score;
        for (RecommendationHook hook : hooks) {
            OptionalDouble next = hook.score(asked, item, state, now);
            if (next.isEmpty()) {
                return Optional.empty();
            }
            now = next.getAsDouble();
        }
        return Optional.of(new Recommended(item, now, state.attributes()));
    }

    /** @param subject whose arm of an experiment answers; {@link #NOBODY} has the version that is live */
    private Scored scored(Situation situation, String subject) {
        double[][] features = situation.candidates().stream()
                .map(Situation.Candidate::features)
                .toArray(double[][]::new);
        if (features.length == 0) {
            return new Scored(Map.of(), Ranked.BY_RULE);
        }
        return models.withAnyLineup(RecommendationUseCase.NAME, lineup -> {
                    Lineup.Part<ServedModel> part = subject.equals(NOBODY)
                            ? new Lineup.Part<>(lineup.live(), Variant.CHAMPION)
                            : lineup.of(subject);
                    double[] given = ((LoadedModel) part.model()).score(features);
                    return scored(situation, given, new Ranked(part.model().version(), part.variant()));
                })
                .orElseGet(() -> {
                    double[] ruled = new double[features.length];
                    for (int i = 0; i < ruled.length; i++) {
                        ruled[i] = CandidateFeatures.byRule(features[i]);
                    }
                    return scored(situation, ruled, Ranked.BY_RULE);
                });
    }

    private static Scored scored(Situation situation, double[] given, Ranked by) {
        Map<Situation.Candidate, Double> scores = new LinkedHashMap<>();
        for (int i = 0; i < given.length; i++) {
            scores.put(situation.candidates().get(i), given[i]);
        }
        return new Scored(scores, by);
    }

    /**
     * The items most like one: by their vectors, and by how often they followed one another. Empty when nothing is known of
     * it.
     */
    Uni<Optional<Recommendations>> similar(String itemId, Wanted wanted) {
        Asked asked = new Asked("", History.EMPTY, RecommendationViews.EVERYWHERE, clock.millis());
        Optional<LiveVectors> vectors = LiveVectors.of(models);
        MergedKnowledge knowledge = new MergedKnowledge(views);
        return uni(knowledge.read(RecommendationViews.TOGETHER, List.of(itemId), asked.atMillis()))
                .flatMap(together -> {
                    Map<String, Double> scores = new HashMap<>();
                    together.get(itemId)
                            .get(0)
                            .forEach((item, count) -> scores.merge(item, Math.log1p(count.events()), Double::sum));
                    vectors.ifPresent(v -> nearest(v.taste().vectors(), itemId, wanted)
                            .forEach((item, cosine) -> scores.merge(item, cosine, Double::sum)));
                    scores.remove(itemId);
                    List<String> items = List.copyOf(scores.keySet());
                    List<String> all = new ArrayList<>(items);
                    all.add(itemId);
                    return uni(knowledge.read(RecommendationViews.CATALOGUE, all, asked.atMillis()))
                            .map(states -> {
                                boolean unknown = items.isEmpty() && !knowledge.knows(itemId);
                                return unknown
                                        ? Optional.<Recommendations>empty()
                                        : Optional.of(new Recommendations(
                                                null,
                                                "similar",
                                                null,
                                                asked.context(),
                                                asked.atMillis(),
                                                items.stream()
                                                        .flatMap(item -> judged(
                                                                asked,
                                                                item,
                                                                states.get(item).get(0),
                                                                scores.get(item),
                                                                wanted)
                                                                .stream())
                                                        .sorted(BEST_FIRST)
                                                        .limit(wanted.most())
                                                        .toList(),
                                                by(vectors, Ranked.BY_RULE),
                                                knowledge.exact(),
                                                null));
                            });
                });
    }

    /** The nearest by angle among those with the greatest products. */
    private static Map<String, Double> nearest(Vectors vectors, String itemId, Wanted wanted) {
        float[] of = vectors.get(itemId);
        Map<String, Double> nearest = new HashMap<>();
        if (of != null) {
            double length = length(of);
            vectors.top(of, Math.max(CONSIDERED_TRENDING, wanted.most()), item -> true)
                    .forEach(found -> {
                        double product = found.product() / length / length(vectors.get(found.name()));
                        if (product > 0) {
                            nearest.put(found.name(), product);
                        }
                    });
        }
        return nearest;
    }

    private static double length(float[] vector) {
        double square = 0;
        for (float value : vector) {
            square += (double) value * value;
        }
        return Math.sqrt(square);
    }

    private static Recommendations.Models by(Optional<LiveVectors> vectors, Ranked by) {
        return new Recommendations.Models(
                vectors.map(v -> version(v.version())).orElse(null),
                vectors.map(v -> Recommendations.Models.EXACT).orElse(null),
                by.version() == null ? null : version(by.version()),
                by.variant());
    }

    static Recommendations.Version version(ModelVersion version) {
        return new Recommendations.Version(version.getName(), version.getVersion(), version.getSha256());
    }

    static <T> Uni<T> uni(CompletionStage<T> stage) {
        return Uni.createFrom().completionStage(stage);
    }
}
