package dev.anabranch.recommendation;

import dev.anabranch.experiment.Variant;
import dev.anabranch.quality.Outcomes;
import dev.anabranch.view.Position;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;

/**
 * To which answer an interaction is a response: the last one before it, within {@link #WITHIN}, that the item was in. To which,
 * is a matter of event times alone; which of several is the first, of the order in which they come.
 */
public final class Attribution {
    /** How long after an answer what somebody does is put down to it. */
    public static final Duration WITHIN = Duration.ofDays(1);

    /** What ranks while no model is live. */
    public static final String BY_RULE = "recommendation-by-rule";

    /** What answers users of whom nothing is known. */
    public static final String TRENDING = "recommendation-trending";

    private Attribution() {}

    /** What a version of the ranking model is called where it is judged: {@code recommendation-3}. */
    public static String ranker(long version) {
        return Outcomes.judged(RecommendationUseCase.NAME, version);
    }

    /** The version that {@link #ranker} names; 0 of a rule. */
    static long version(String ranker) {
        String number = ranker.substring(ranker.lastIndexOf('-') + 1);
        return number.matches("\\d{1,18}") ? Long.parseLong(number) : 0;
    }

    /** Whether an answer was given within an experiment, so that its arm is judged as well. */
    static boolean isTried(String variant) {
        return !variant.isEmpty() && !variant.equals(Variant.CHAMPION);
    }

    /**
     * The response that an interaction is; empty when it is none.
     *
     * @param position of the interaction in the log
     * @param shown    the last answers within {@link #WITHIN} before it
     * @param history  what is known already of what the user did until a moment; asked for only when the item was shown
     */
    public static Optional<Response> of(
            Interaction interaction, Position position, LastShown shown, LongFunction<History> history) {
        for (LastShown.Answer answer : shown.answers()) {
            int place = answer.items().indexOf(interaction.getItemId()) + 1;
            if (place > 0) {
                // Of all that may be a response to it: what came before may have happened later.
                Since since = Since.of(answer, history.apply(answer.atMillis() + WITHIN.toMillis() + 1));
                return Optional.of(new Response(
                        answer.answerId() + "-" + position.origin().partition() + "-" + position.offset(),
                        interaction.getEventTimeMillis(),
                        answer.ranker(),
                        answer.variant(),
                        answer.answerId(),
                        interaction.getUserId(),
                        interaction.getItemId(),
                        place,
                        interaction.getType(),
                        !since.any,
                        RecommendationEvents.isConversion(interaction.getType()) && !since.conversion));
            }
        }
        return Optional.empty();
    }

    /**
     * Whether the user turned to an item of an answer since it was given. Whoever did so much since that the history does not
     * reach back to the answer is taken to have: rather too few hits than too many.
     */
    private record Since(boolean any, boolean conversion) {
        static Since of(LastShown.Answer answer, History history) {
            List<History.Done> done = history.interactions();
            if (done.size() == History.MOST && done.get(done.size() - 1).atMillis() >= answer.atMillis()) {
                return new Since(true, true);
            }
            Set<String> items = new HashSet<>(answer.items());
            List<History.Done> since = done.stream()
                    .filter(each -> each.atMillis() >= answer.atMillis() && items.contains(each.itemId()))
                    .toList();
            return new Since(
                    !since.isEmpty(), since.stream().anyMatch(each -> RecommendationEvents.isConversion(each.type())));
        }
    }
}
