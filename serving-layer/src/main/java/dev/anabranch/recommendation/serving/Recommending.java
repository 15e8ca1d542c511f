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
import dev.anabranch.recommendation.Rescorer;
import dev.anabranch.recommendation.Selection;
import dev.anabranch.recommendation.Selection.Selected;
import dev.anabranch.recommendation.Situation;
import dev.anabranch.recommendation.Situations;
import dev.anabranch.recommendation.Situations.Asked;
import dev.anabranch.recommendation.Wanted;
import dev.anabranch.recommendation.serving.Recommendations.Recommended;
import dev.anabranch.recommendation.serving.ShownLog.Ranker;
import dev.anabranch.serving.Models;
import dev.anabranch.serving.Refused;
import dev.anabranch.serving.Views;
import dev.anabranch.vectors.Vectors;
import dev.anabranch.view.WindowValues;
import io.quarkus.arc.All;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
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
    private static final int NEAREST = 200;
    private static final String NOBODY = "";
    private static final Recommendations.Models BY_NO_MODEL = new Recommendations.Models(null, null, null, null);
    private static final Comparator<Recommended> BEST_FIRST =
            Comparator.comparingDouble(Recommended::score).reversed().thenComparing(Recommended::itemId);

    private final Views views;
    private final Models models;
    private final boolean rescored;
    private final Rescorer rescorer;
    private final ShownLog shownLog;
    private final Clock clock;

    Recommending(Views views, Models models, @All List<RecommendationHook> hooks, ShownLog shownLog, Clock clock) {
        this.views = views;
        this.models = models;
        this.rescored = !hooks.isEmpty();
        this.rescorer = inTurn(hooks);
        this.shownLog = shownLog;
        this.clock = clock;
    }

    /** One after the other, until one of them rules the item out. */
    private static Rescorer inTurn(List<RecommendationHook> hooks) {
        return (asked, item, state, score) -> {
            OptionalDouble now = OptionalDouble.of(score);
            for (RecommendationHook hook : hooks) {
                if (now.isPresent()) {
                    now = hook.score(asked, item, state, now.getAsDouble());
                }
            }
            return now;
        };
    }

    /** The scores of a situation's candidates, and what gave them. */
    private record Scored(double[] scores, Ranked by) {}

    /** A version and the part it played; both null when it was done by rule. */
    private record Ranked(ModelVersion version, String variant) {
        static final Ranked BY_RULE = new Ranked(null, null);

        Ranker ranker() {
            return version == null
                    ? Ranker.rule(Attribution.BY_RULE)
                    : new Ranker(Attribution.ranker(version.getVersion()), variant, version.getSha256());
        }
    }

    /** @param preview whether nobody is shown the answer, so that it is not written down */
    Uni<Recommendations> forUser(String userId, String context, Wanted wanted, boolean preview) {
        Asked asked = new Asked(userId, null, context, clock.millis());
        return answer(asked, wanted)
                .flatMap(made -> preview || made.answer().items().isEmpty()
                        ? Uni.createFrom().item(made.answer())
                        : shownLog.shown(made.answer(), made.of()));
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
                List<Selected> own = Selection.of(
                        asked,
                        all.get(u),
                        scored.scores(),
                        new Wanted(Integer.MAX_VALUE, wanted.excludeSeen(), Map.of()),
                        rescorer);
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

    /** An answer, and what it was made of. */
    private record Made(Recommendations answer, ShownLog.MadeOf of) {}

    private Uni<Made> answer(Asked asked, Wanted wanted) {
        Optional<LiveVectors> vectors = LiveVectors.of(models);
        MergedKnowledge knowledge = new MergedKnowledge(views);
        return uni(SITUATIONS.of(asked, knowledge, vectors.map(LiveVectors::taste)))
                .flatMap(situation -> {
                    if (situation.history().interactions().isEmpty()) {
                        return trendingFor(asked, wanted, knowledge);
                    }
                    Scored scored = scored(situation, asked.userId());
                    List<Selected> items = Selection.of(asked, situation, scored.scores(), wanted, rescorer);
                    Recommendations answer = new Recommendations(
                            asked.userId().isEmpty() ? null : asked.userId(),
                            Recommendations.PERSONAL,
                            null,
                            asked.context(),
                            asked.atMillis(),
                            recommended(items),
                            by(vectors, scored.by()),
                            knowledge.exact(),
                            knowledge.provenance(asked.userId(), clock.millis()));
                    return Uni.createFrom().item(made(answer, scored.by().ranker(), wanted, items, knowledge));
                });
    }

    private Made made(
            Recommendations answer, Ranker by, Wanted wanted, List<Selected> items, MergedKnowledge knowledge) {
        return new Made(answer, new ShownLog.MadeOf(by, wanted, rescored, items, knowledge));
    }

    private static List<Recommended> recommended(List<Selected> items) {
        return items.stream()
                .map(item -> new Recommended(
                        item.itemId(), item.score(), item.state().attributes()))
                .toList();
    }

    private Uni<Made> trendingFor(Asked asked, Wanted wanted, MergedKnowledge knowledge) {
        return uni(Selection.trending(asked, knowledge, wanted, rescorer)).map(trends -> {
            String because = elsewhere(asked, trends);
            Recommendations answer = new Recommendations(
                    asked.userId().isEmpty() ? null : asked.userId(),
                    Recommendations.TRENDING,
                    "nothing is known of user '" + asked.userId() + "'" + (because == null ? "" : "; " + because),
                    asked.context(),
                    asked.atMillis(),
                    recommended(trends.items()),
                    BY_NO_MODEL,
                    knowledge.exact(),
                    knowledge.provenance(asked.userId(), clock.millis()));
            return made(answer, Ranker.rule(Attribution.TRENDING), wanted, trends.items(), knowledge);
        });
    }

    /** What trends in a context; everywhere, when nothing does there, and the answer says so. */
    Uni<Recommendations> trending(String context, Wanted wanted) {
        Asked asked = new Asked(NOBODY, History.EMPTY, context, clock.millis());
        MergedKnowledge knowledge = new MergedKnowledge(views);
        return uni(Selection.trending(asked, knowledge, wanted, rescorer))
                .map(trends -> new Recommendations(
                        null,
                        Recommendations.TRENDING,
                        elsewhere(asked, trends),
                        trends.context(),
                        asked.atMillis(),
                        recommended(trends.items()),
                        BY_NO_MODEL,
                        knowledge.exact(),
                        null));
    }

    /** Why the items trend elsewhere than where it was asked about; null when they trend there. */
    private static String elsewhere(Asked asked, Selection.Trends trends) {
        return trends.context().equals(asked.context())
                ? null
                : "nothing trends in '" + asked.context() + "', so this is what trends everywhere";
    }

    /** @param subject whose arm of an experiment answers; {@link #NOBODY} has the version that is live */
    private Scored scored(Situation situation, String subject) {
        double[][] features = situation.features();
        if (features.length == 0) {
            return new Scored(new double[0], Ranked.BY_RULE);
        }
        return models.withAnyLineup(RecommendationUseCase.NAME, lineup -> {
                    Lineup.Part<ServedModel> part = subject.equals(NOBODY)
                            ? new Lineup.Part<>(lineup.live(), Variant.CHAMPION)
                            : lineup.of(subject);
                    return new Scored(
                            ((LoadedModel) part.model()).score(features),
                            new Ranked(part.model().version(), part.variant()));
                })
                .orElseGet(() -> new Scored(CandidateFeatures.byRule(features), Ranked.BY_RULE));
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
                                                recommended(
                                                        Selection.of(asked, scores, states(states), wanted, rescorer)),
                                                by(vectors, Ranked.BY_RULE),
                                                knowledge.exact(),
                                                null));
                            });
                });
    }

    private static Map<String, ItemState> states(Map<String, WindowValues<ItemState>> read) {
        Map<String, ItemState> states = new HashMap<>();
        read.forEach((item, values) -> states.put(item, values.get(0)));
        return states;
    }

    /** The nearest by angle among those with the greatest products. */
    private static Map<String, Double> nearest(Vectors vectors, String itemId, Wanted wanted) {
        float[] of = vectors.get(itemId);
        Map<String, Double> nearest = new HashMap<>();
        if (of != null) {
            double length = length(of);
            vectors.top(of, Math.max(NEAREST, wanted.most()), item -> true).forEach(found -> {
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
