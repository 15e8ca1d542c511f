package dev.anabranch.recommendation;

import dev.anabranch.event.EventType;
import java.util.List;

/** What happens: users turn to items, and items come, change and go. */
public final class RecommendationEvents {
    /** What was done when nothing more was: a look. Everything else is what a look was hoped to turn into. */
    public static final String VIEW = "view";

    /** Everything that may be done with an item. */
    public static final List<String> TYPES =
            List.of(VIEW, "like", "bookmark", "comment", "follow", "add-to-cart", "purchase");

    /** The strength of a view, in thousandths. */
    public static final long ONE = 1_000;

    /** The greatest strength: that of a thousand views. */
    public static final long MOST_STRENGTH = 1_000 * ONE;

    public static final EventType<Interaction> INTERACTION = EventType.named("interaction", Interaction.class)
            .identifiedBy("interactionId", Interaction::getInteractionId)
            .happenedAt(Interaction::getEventTimeMillis)
            .keyedBy("userId", Interaction::getUserId)
            .identifier("itemId", Interaction::getItemId)
            .identifier("sessionId", Interaction::getSessionId)
            .rule("type", "must be one of " + TYPES, Interaction::getType, i -> TYPES.contains(i.getType()))
            .between("strength", 1, MOST_STRENGTH, Interaction::getStrength)
            .rule(
                    "context",
                    "must be empty or have 1 to 256 characters and no control characters",
                    i -> "'" + i.getContext() + "'",
                    i -> isEmptyOrIdentifier(i.getContext()))
            .rule(
                    "previousItemId",
                    "must be empty or another item's id of 1 to 256 characters and no control characters",
                    i -> "'" + i.getPreviousItemId() + "'",
                    i -> isEmptyOrIdentifier(i.getPreviousItemId())
                            && !i.getPreviousItemId().equals(i.getItemId()))
            .declare();

    public static final EventType<Item> ITEM = EventType.named("item", Item.class)
            .identifiedBy("itemEventId", Item::getItemEventId)
            .happenedAt(Item::getEventTimeMillis)
            .keyedBy("itemId", Item::getItemId)
            .rule(
                    "attributes",
                    "must be named and filled with 1 to 256 characters and no control characters",
                    Item::getAttributes,
                    item -> item.getAttributes().entrySet().stream()
                            .allMatch(a -> EventType.isIdentifier(a.getKey()) && EventType.isIdentifier(a.getValue())))
            .declare();

    /** What users were shown; the serving layer writes it down with each answer. */
    public static final EventType<Shown> SHOWN = EventType.named("recommendation-shown", Shown.class)
            .identifiedBy("answerId", Shown::getAnswerId)
            .happenedAt(Shown::getEventTimeMillis)
            .keyedBy("userId", Shown::getUserId)
            .identifier("ranker", Shown::getRanker)
            .derived()
            .declare();

    /** What users made of it; the speed layer finds out. */
    public static final EventType<Response> RESPONSE = EventType.named("recommendation-response", Response.class)
            .identifiedBy("responseId", Response::getResponseId)
            .happenedAt(Response::getEventTimeMillis)
            .keyedBy("ranker", Response::getRanker)
            .identifier("answerId", Response::getAnswerId)
            .identifier("userId", Response::getUserId)
            .derived()
            .declare();

    private RecommendationEvents() {}

    /** Whether it is what a view was hoped to turn into. */
    public static boolean isConversion(String type) {
        return !type.equals(VIEW);
    }

    private static boolean isEmptyOrIdentifier(String text) {
        return "".equals(text) || EventType.isIdentifier(text);
    }
}
