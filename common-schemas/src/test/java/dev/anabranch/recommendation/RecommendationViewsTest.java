package dev.anabranch.recommendation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.aggregate.Count;
import dev.anabranch.event.EventType.Violation;
import dev.anabranch.view.Known;
import dev.anabranch.view.Position;
import dev.anabranch.view.View;
import dev.anabranch.view.oracle.NaiveFold;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;

class RecommendationViewsTest {
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final long NOW = 20_000 * DAY + 12_345_678;

    private final List<NaiveFold.Entry> log = new ArrayList<>();

    @Example
    void aHistoryHasEachItemOnceWithWhatItsInteractionsStillCountTogether() {
        does("u", "a", "view", 1_000, NOW - 2 * DAY);
        does("u", "b", "view", 1_000, NOW - DAY);
        does("u", "a", "like", 2_000, NOW - DAY);
        History history = fold(RecommendationViews.USER, "u").get(RecommendationViews.HISTORY);
        assertThat(history.strengths(10, NOW, DAY)).containsExactly(Map.entry("a", 1.25), Map.entry("b", 0.5));
        assertThat(history.lastItems(1)).containsExactly(Map.entry("a", NOW - DAY));
    }

    @Example
    void whatHappenedThisMillisecondIsInTheAnswerAtTheEndOfItsTile() {
        does("u", "a", "view", 1_000, NOW);
        for (View<?> view : List.of(RecommendationViews.USER, RecommendationViews.ITEM_ACTIVITY)) {
            String entity = view == RecommendationViews.USER ? "u" : "a";
            assertThat(fold(view, entity)).isNotEqualTo(NaiveFold.fold(view, List.of(), ALL, entity, NOW));
        }
    }

    @Example
    void itemsThatFollowOneAnotherAreCountedForBoth() {
        log.add(entry(interaction("u", "b", "view", 1_000, NOW, "", "a")));
        assertThat(fold(RecommendationViews.TOGETHER, "a").get(0).get("b", Count.EMPTY))
                .isEqualTo(Count.ONE);
        assertThat(fold(RecommendationViews.TOGETHER, "b").get(0).get("a", Count.EMPTY))
                .isEqualTo(Count.ONE);
    }

    @Example
    void anItemTrendsEverywhereAndInItsContext() {
        log.add(entry(interaction("u", "a", "view", 1_000, NOW, "web", "")));
        for (String context : List.of(RecommendationViews.EVERYWHERE, "web")) {
            assertThat(RecommendationViews.trending(context).stream()
                            .mapToInt(shard -> fold(RecommendationViews.TRENDING, shard)
                                    .get(0)
                                    .size())
                            .sum())
                    .isEqualTo(1);
        }
    }

    @Example
    void conversionsAreCountedByContext() {
        log.add(entry(interaction("u", "a", "view", 1_000, NOW, "web", "")));
        log.add(entry(interaction("u", "a", "purchase", 5_000, NOW, "app", "")));
        ItemActivity activity = fold(RecommendationViews.ITEM_ACTIVITY, "a").get(0);
        assertThat(activity.conversions().get("web", Conversions.EMPTY)).isEqualTo(new Conversions(1, 0));
        assertThat(activity.conversions().get("app", Conversions.EMPTY)).isEqualTo(new Conversions(0, 1));
        assertThat(activity.allConversions().rate(0, 0)).isEqualTo(1);
    }

    @Example
    void whatIsBrokenIsNamed() {
        assertThat(RecommendationEvents.INTERACTION.check(interaction("u", "a", "stare", 1_000, NOW, "", ""), NOW))
                .contains(new Violation("type", "must be one of " + RecommendationEvents.TYPES, "stare"));
        assertThat(RecommendationEvents.INTERACTION.check(interaction("u", "a", "view", 0, NOW, "", ""), NOW))
                .contains(new Violation("strength", "must be between 1 and 1000000", "0"));
        assertThat(RecommendationEvents.INTERACTION.check(interaction("u", "a", "view", 1, NOW, "", "a"), NOW))
                .map(Violation::field)
                .contains("previousItemId");
        assertThat(RecommendationEvents.ITEM.check(new Item("e", NOW, "a/☂", true, Map.of("", "x")), NOW))
                .map(Violation::field)
                .contains("attributes");
    }

    private static final Known ALL = (position, arrival) -> true;

    private <A> List<A> fold(View<A> view, String entity) {
        return NaiveFold.fold(view, log, ALL, entity, view.endOfTile(NOW));
    }

    private void does(String user, String item, String type, long strength, long atMillis) {
        log.add(entry(interaction(user, item, type, strength, atMillis, "", "")));
    }

    private NaiveFold.Entry entry(Interaction interaction) {
        Position position = Position.of(RecommendationEvents.INTERACTION.topic(), 0, log.size());
        return new NaiveFold.Entry(position, interaction.getEventTimeMillis(), interaction);
    }

    private static Interaction interaction(
            String user, String item, String type, long strength, long atMillis, String context, String previous) {
        return new Interaction("i", atMillis, user, item, "s", type, strength, context, previous);
    }
}
