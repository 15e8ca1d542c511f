package dev.anabranch.quality;

import dev.anabranch.event.EventType;
import dev.anabranch.view.Source;
import dev.anabranch.view.View;
import dev.anabranch.view.Window;
import java.time.Duration;

/** What a use case declares so that its models are judged by what came true: the events, and the view over them. */
public final class Outcomes {
    /**
     * How finely windows move. A version is one entity, so its batch row holds a tile for each of these: some 860, of 1 KB
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
     * How good each version of the models of {@code useCase} has shown itself, by when it became known what came true.
     *
     * @param outcomes of that use case
     */
    public static View<ScoreHistogram> quality(String useCase, EventType<Outcome> outcomes) {
        return View.named(useCase + ".quality", ScoreHistogram.MONOID)
                .from(Source.of(outcomes).by(Outcome::getJudged).as(ScoreHistogram::of))
                .over(DAY, WEEK, FOUR_WEEKS)
                .measure("predictions", ScoreHistogram::predictions)
                .measure("positives", ScoreHistogram::positives)
                .declare();
    }

    /**
     * How far off what each version of the models of {@code useCase} expected has been, where something is at stake: its
     * score expects that share of it, and all of it or nothing comes true.
     *
     * @param outcomes of that use case
     */
    public static View<ErrorSums> errors(String useCase, EventType<Outcome> outcomes) {
        return View.named(useCase + ".errors", ErrorSums.MONOID)
                .from(Source.of(outcomes)
                        .by(Outcome::getJudged)
                        .when(outcome -> outcome.getStake() != null)
                        .as(ErrorSums::of))
                .over(DAY, WEEK, FOUR_WEEKS)
                .measure("amounts", ErrorSums::amounts)
                .measure("expected", ErrorSums::expected)
                .measure("actual", ErrorSums::actual)
                .declare();
    }

    /** The entity that a model version is in these views: {@code fraud-3}. */
    public static String judged(String model, long version) {
        return model + "-" + version;
    }
}
