package dev.anabranch.quality;

import dev.anabranch.event.EventType;
import dev.anabranch.view.Source;
import dev.anabranch.view.View;
import dev.anabranch.view.Window;
import java.time.Duration;

/** What a use case declares so that its models are judged by what came true: the events, and the view over them. */
public final class Outcomes {
    /**
     * How finely windows move. A version is one entity, so its batch row holds a tile for each of these: some 860, of 1.2 KB
     * where every bin is full. It is asked about at the end of the tile that has begun ({@link View#endOfTile}).
     */
    public static final Duration HOP = Duration.ofHours(1);

    private static final Window DAY = Window.last(Duration.ofDays(1)).hopping(HOP);
    private static final Window WEEK = Window.last(Duration.ofDays(7)).hopping(HOP);
    private static final Window FOUR_WEEKS = Window.last(Duration.ofDays(28)).hopping(HOP);

    private Outcomes() {}

    /** The outcomes of the predictions of {@code useCase}. */
    public static EventType<Outcome> of(String useCase) {
        return EventType.named(useCase + "-outcome", Outcome.class)
                .identifiedBy("outcomeId", Outcome::getOutcomeId)
                .happenedAt(Outcome::getEventTimeMillis)
                .keyedBy("judged", Outcome::getJudged)
                .identifier("predictionId", Outcome::getPredictionId)
                .identifier("eventId", Outcome::getEventId)
                .rule(
                        "score",
                        "must be from 0 to 1",
                        Outcome::getScore,
                        outcome -> outcome.getScore() >= 0 && outcome.getScore() <= 1)
                .rule(
                        "stake",
                        "must be from 0 to 10^15 when there is one",
                        Outcome::getStake,
                        outcome -> outcome.getStake() == null
                                || outcome.getStake() >= 0 && outcome.getStake() <= ErrorSums.MOST)
                .derived()
                .declare();
    }

    /**
     * What came of the predictions of each version of the models of {@code useCase}, by when it became known: how good it has
     * shown itself, and where something is at stake how far off what it expected has been. Its score expects that share of
     * the stake, and all of it or nothing comes true.
     *
     * @param outcomes of that use case
     */
    public static View<OutcomeSums> view(String useCase, EventType<Outcome> outcomes) {
        return View.named(useCase + ".outcomes", OutcomeSums.MONOID)
                .from(Source.of(outcomes).by(Outcome::getJudged).as(OutcomeSums::of))
                .over(DAY, WEEK, FOUR_WEEKS)
                .measure("predictions", sums -> sums.scores().predictions())
                .measure("positives", sums -> sums.scores().positives())
                .measure("amounts", sums -> sums.amounts().amounts())
                .measure("expected", sums -> sums.amounts().expected())
                .measure("actual", sums -> sums.amounts().actual())
                .declare();
    }

    /** The entity that a model version is in that view: {@code fraud-3}. */
    public static String judged(String model, long version) {
        return model + "-" + version;
    }
}
