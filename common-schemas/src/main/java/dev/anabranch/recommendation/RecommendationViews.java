package dev.anabranch.recommendation;

import static dev.anabranch.recommendation.RecommendationEvents.INTERACTION;
import static dev.anabranch.recommendation.RecommendationEvents.ITEM;
import static dev.anabranch.recommendation.RecommendationEvents.RESPONSE;
import static dev.anabranch.recommendation.RecommendationEvents.SHOWN;

import dev.anabranch.aggregate.ByKey;
import dev.anabranch.aggregate.Count;
import dev.anabranch.aggregate.Decayed;
import dev.anabranch.aggregate.Latest;
import dev.anabranch.view.Source;
import dev.anabranch.view.View;
import dev.anabranch.view.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What is kept of users, visits and items.
 *
 * <p>Users, visits and the state of items have exact windows. Busy entities have tiles of an hour or a day, and are asked
 * about at the end of the tile that has begun ({@link View#endOfTile}): what happened a moment ago is in the answer, the
 * lower edge of the window is rounded, and decay is by the millisecond all the same.
 */
public final class RecommendationViews {
    /** What trends halves its weight in this time. */
    public static final Duration TRENDING_HALF_LIFE = Duration.ofHours(6);

    /** The context that has everything in it. */
    public static final String EVERYWHERE = "";

    /** What trends in a context is divided among so many entities: one would be the busiest of all. */
    public static final int SHARDS = 8;

    private static final Window HOUR = Window.last(Duration.ofHours(1));
    private static final Window DAY = Window.last(Duration.ofDays(1));
    private static final Duration HOURLY = Duration.ofHours(1);
    private static final Duration DAILY = Duration.ofDays(1);
    private static final int READERS = 100;
    private static final double PRIOR_RATE = 0.1;
    private static final double PRIOR_VIEWS = 10;

    /** What a user did, and how busy they are. */
    public static final View<History> USER = View.named("recommendation.user", History.MONOID)
            .from(Source.of(INTERACTION).by(Interaction::getUserId).as(History::of))
            .over(HOUR, DAY, Window.last(Duration.ofDays(365)))
            .measure("interactions", history -> history.interactions().size())
            .measure("items", history -> history.lastItems(History.MOST).size())
            .declare();

    /** The window of {@link #USER} that is a user's history. */
    public static final int HISTORY = 2;

    /** How busy a visit is. */
    public static final View<SessionActivity> SESSION = View.named("recommendation.session", SessionActivity.MONOID)
            .from(Source.of(INTERACTION).by(Interaction::getSessionId).as(SessionActivity::of))
            .over(HOUR, DAY)
            .measure("views", activity -> activity.done().views())
            .measure("conversions", activity -> activity.done().conversions())
            .measure("millis", SessionActivity::millis)
            .declare();

    /** How popular an item is, decayed, and how often a look at it turns into more, by context. */
    public static final View<ItemActivity> ITEM_ACTIVITY = View.named("recommendation.item", ItemActivity.MONOID)
            .from(Source.of(INTERACTION).by(Interaction::getItemId).as(ItemActivity::of))
            .over(Window.last(Duration.ofDays(28)).hopping(HOURLY))
            .measure("views", activity -> activity.allConversions().views())
            .measure("conversions", activity -> activity.allConversions().conversions())
            .measure("conversion-rate", activity -> activity.allConversions().rate(PRIOR_RATE, PRIOR_VIEWS))
            .declare();

    /** The users who turned to an item last. */
    public static final View<Latest> READERS_OF = View.named("recommendation.readers", Latest.of(READERS))
            .from(Source.of(INTERACTION)
                    .by(Interaction::getItemId)
                    .as(i -> Latest.one(i.getUserId(), i.getEventTimeMillis())))
            .over(Window.last(Duration.ofDays(90)).hopping(HOURLY))
            .measure("users", latest -> latest.entries().size())
            .declare();

    /** How often an item and another followed one another in a visit, whichever came first. */
    public static final View<ByKey<Count>> TOGETHER = View.named("recommendation.together", ByKey.of(Count.MONOID))
            .from(Source.of(INTERACTION)
                    .by(Interaction::getItemId)
                    .when(i -> !i.getPreviousItemId().isEmpty())
                    .as(i -> ByKey.one(i.getPreviousItemId(), Count.ONE)))
            .from(Source.of(INTERACTION)
                    .by(i -> i.getPreviousItemId().isEmpty() ? i.getItemId() : i.getPreviousItemId())
                    .when(i -> !i.getPreviousItemId().isEmpty())
                    .as(i -> ByKey.one(i.getItemId(), Count.ONE)))
            .over(Window.last(Duration.ofDays(90)).hopping(DAILY))
            .measure("items", ByKey::size)
            .declare();

    /** What trends in a context: each item with its interactions, decayed. One shard of it; see {@link #trending}. */
    public static final View<ByKey<Decayed>> TRENDING = View.named("recommendation.trending", ByKey.of(Decayed.MONOID))
            .from(Source.of(INTERACTION)
                    .by(i -> shard(EVERYWHERE, i.getItemId()))
                    .as(RecommendationViews::trend))
            .from(Source.of(INTERACTION)
                    .by(i -> shard(i.getContext(), i.getItemId()))
                    .when(i -> !i.getContext().equals(EVERYWHERE))
                    .as(RecommendationViews::trend))
            .over(Window.last(Duration.ofDays(14)).hopping(HOURLY))
            .measure("items", ByKey::size)
            .declare();

    /** What an item is: whether it may be recommended, and its attributes. */
    public static final View<ItemState> CATALOGUE = View.named("recommendation.catalogue", ItemState.MONOID)
            .from(Source.of(ITEM).by(Item::getItemId).as(ItemState::of))
            .over(Window.last(Duration.ofDays(3650)))
            .measure("available", state -> state.available() ? 1 : 0)
            .declare();

    /** The last answers a user was given. */
    public static final View<LastShown> LAST_SHOWN = View.named("recommendation.shown", LastShown.MONOID)
            .from(Source.of(SHOWN).by(Shown::getUserId).as(LastShown::of))
            .over(Window.last(Attribution.WITHIN))
            .measure("answers", shown -> shown.answers().size())
            .declare();

    /**
     * What came of answers: by what had ranked them ({@link Attribution#ranker}, or the name of a rule), and by the arm of an
     * experiment that they were given in. Answers count when they are given, responses when they happen.
     */
    public static final View<Responses> QUALITY = View.named("recommendation.quality", Responses.MONOID)
            .from(Source.of(SHOWN).by(Shown::getRanker).as(shown -> Responses.ANSWER))
            .from(Source.of(SHOWN)
                    .by(shown -> armOr(shown.getVariant(), shown.getRanker()))
                    .when(shown -> Attribution.isTried(shown.getVariant()))
                    .as(shown -> Responses.ANSWER))
            .from(Source.of(RESPONSE).by(Response::getRanker).as(Responses::of))
            .from(Source.of(RESPONSE)
                    .by(response -> armOr(response.getVariant(), response.getRanker()))
                    .when(response -> Attribution.isTried(response.getVariant()))
                    .as(Responses::of))
            .over(
                    DAY.hopping(HOURLY),
                    Window.last(Duration.ofDays(7)).hopping(HOURLY),
                    Window.last(Duration.ofDays(28)).hopping(HOURLY))
            .measure("answers", Responses::answers)
            .measure("hits", Responses::hits)
            .measure("conversions", Responses::conversions)
            .declare();

    private RecommendationViews() {}

    /** The entities of {@link #TRENDING} that together hold what trends in {@code context}. */
    public static List<String> trending(String context) {
        List<String> shards = new ArrayList<>(SHARDS);
        for (int shard = 0; shard < SHARDS; shard++) {
            shards.add(shard + ":" + context);
        }
        return shards;
    }

    private static String shard(String context, String itemId) {
        return Math.floorMod(itemId.hashCode(), SHARDS) + ":" + context;
    }

    private static String armOr(String variant, String ranker) {
        return Attribution.isTried(variant) ? variant : ranker;
    }

    private static ByKey<Decayed> trend(Interaction interaction) {
        return ByKey.one(interaction.getItemId(), Decayed.of(1, interaction.getEventTimeMillis(), TRENDING_HALF_LIFE));
    }
}
