package dev.anabranch.recommendation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.ranking.Ranked;
import dev.anabranch.view.Knowledge;
import dev.anabranch.view.Known;
import dev.anabranch.view.Position;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class RecommendationRankingTest {
    private static final long NOW = 1_750_636_800_000L;
    private static final RecommendationRanking RANKING = new RecommendationRanking();

    /** What is known of a busy shop, and what was asked of it. */
    private static final class Busy implements Knowledge {
        private final Knowledge known;
        private final Set<String> looked = new HashSet<>();

        Busy(int items) {
            ReplayedKnowledge log = new ReplayedKnowledge();
            for (int i = 0; i < items; i++) {
                log.add(
                        new Interaction("e" + i, NOW - 1_000 - i, "u-" + i, "i-" + i, "s", "view", 1_000L, "", ""),
                        Position.of(RecommendationEvents.INTERACTION.topic(), 0, i),
                        NOW);
            }
            known = log.as(Known.before(Position.of(RecommendationEvents.INTERACTION.topic(), 0, items), NOW));
        }

        @Override
        public <A> CompletionStage<Map<String, WindowValues<A>>> read(
                View<A> view, Collection<String> entities, long atMillis) {
            if (view == RecommendationViews.CATALOGUE) {
                looked.addAll(entities);
            }
            return known.read(view, entities, atMillis);
        }
    }

    @Test
    void asMuchAsWasLookedAtForWhatTrendsIsLookedAtAgainWhoeverHadASay() {
        Busy then = new Busy(300);
        Selection.trending(
                        new Situations.Asked("nobody", History.EMPTY, "", NOW),
                        then,
                        new Wanted(5, true, Map.of()),
                        Rescorer.NONE)
                .toCompletableFuture()
                .join();
        Busy now = new Busy(300);
        List<Ranked> again = again(now, "nobody", 5, true);

        assertThat(now.looked).isEqualTo(then.looked).hasSize(200);
        assertThat(again).hasSize(200);
        assertThat(again(now, "nobody", 5, false)).isEqualTo(again.subList(0, 5));
    }

    @Test
    void whoeverHasAHistoryIsAnsweredByItWhateverTheAnswerIsCalled() {
        assertThat(again(new Busy(30), "u-3", 5, false))
                .hasSize(5)
                .allMatch(item -> item.features().length == CandidateFeatures.NAMES.size());
        assertThat(again(new Busy(30), "nobody", 5, false)).allMatch(item -> item.features().length == 0);
    }

    private static List<Ranked> again(Knowledge knowledge, String user, int most, boolean rescored) {
        Shown shown = Shown.newBuilder()
                .setAnswerId("a")
                .setEventTimeMillis(NOW)
                .setUserId(user)
                .setContext("")
                .setRanker("recommendation-trending")
                .setVariant("")
                .setVectorsVersion(0)
                .setItems(List.of())
                .setReadings(List.of())
                .setMost(most)
                .setExcludeSeen(true)
                .setRescored(rescored)
                .build();
        return RANKING.again(shown, knowledge, Optional.empty(), Optional.empty())
                .toCompletableFuture()
                .join();
    }
}
