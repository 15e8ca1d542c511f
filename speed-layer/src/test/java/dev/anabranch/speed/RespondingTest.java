package dev.anabranch.speed;

import static dev.anabranch.recommendation.RecommendationEvents.INTERACTION;
import static dev.anabranch.recommendation.RecommendationEvents.RESPONSE;
import static dev.anabranch.recommendation.RecommendationEvents.SHOWN;
import static dev.anabranch.recommendation.RecommendationViews.QUALITY;
import static dev.anabranch.recommendation.RecommendationViews.USER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.recommendation.History;
import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.recommendation.Response;
import dev.anabranch.recommendation.Responses;
import dev.anabranch.recommendation.Shown;
import dev.anabranch.recommendation.speed.RecommendationPath;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Known;
import dev.anabranch.view.Origin;
import dev.anabranch.view.oracle.NaiveFold;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users make of what they were shown. */
class RespondingTest {
    private static final long NOW = Rig.START.toEpochMilli();
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();
    private static final long DAY = Duration.ofDays(1).toMillis();

    @TempDir
    private Path state;

    private Rig rig;
    private int interactions;

    @BeforeEach
    void open() {
        rig = new Rig(new RecommendationUseCase(), new RecommendationPath(), state);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void whatSomebodyTurnsToIsPutDownToTheLastAnswerItWasIn() {
        shown("a1", NOW, "recommendation-1", "i", "j", "k");
        shown("a2", NOW + MINUTE, "recommendation-2", "j", "i");
        shown("a3", NOW + 2 * MINUTE, "recommendation-2", "k");
        turns("i", "view", NOW + 3 * MINUTE);

        assertThat(responses())
                .containsExactly(new Response(
                        "a2-0-0",
                        NOW + 3 * MINUTE,
                        "recommendation-2",
                        "champion",
                        "a2",
                        "u",
                        "i",
                        2,
                        "view",
                        true,
                        false));
        assertThat(quality("recommendation-1")).isEqualTo(new Responses(1, 0, 0, 0));
        assertThat(quality("recommendation-2")).isEqualTo(new Responses(2, 1, 1, 0));
    }

    @Test
    void whatWasNotShownOrLaterOrTooLongAgoOrToSomebodyElseIsNoResponse() {
        shown("a1", NOW, "recommendation-1", "i");
        turns("other", "view", NOW + 1);
        turns("i", "view", NOW);
        turns("i", "view", NOW + DAY + 1);
        shown("a2", NOW + 2 * DAY, "recommendation-1", "i");
        event("somebody else", "i", "view", NOW + 2 * DAY + 1);

        assertThat(responses()).isEmpty();
        assertThat(quality("recommendation-1")).isEqualTo(new Responses(2, 0, 0, 0));
    }

    @Test
    void anAnswerIsHitOnceAndConvertsOnce() {
        shown("a1", NOW, "recommendation-1", "i", "j");
        turns("i", "view", NOW + 1);
        turns("j", "like", NOW + 2);
        turns("i", "purchase", NOW + 3);
        turns("j", "view", NOW + 4);

        assertThat(responses()).extracting(Response::getFirst).containsExactly(true, false, false, false);
        assertThat(responses()).extracting(Response::getFirstConversion).containsExactly(false, true, false, false);
        assertThat(quality("recommendation-1")).isEqualTo(new Responses(1, 4, 1, 1));
    }

    @Test
    void whatHappenedBeforeAndComesAfterOrAtTheSameMomentOrTwiceHitsItNoMore() {
        shown("a1", NOW, "recommendation-1", "i", "j", "k");
        turns("i", "like", NOW + MINUTE);
        rig.event(INTERACTION, interaction("u", "j", "like", NOW + 1), NOW + MINUTE); // earlier, and comes later
        turns("k", "view", NOW + MINUTE);
        turns("i", "like", NOW + MINUTE);

        assertThat(responses()).extracting(Response::getFirst).containsExactly(true, false, false, false);
        assertThat(quality("recommendation-1")).isEqualTo(new Responses(1, 4, 1, 1));
    }

    @Test
    void theNextAnswerWithTheSameItemCanBeHitAgain() {
        shown("a1", NOW, "recommendation-1", "i");
        turns("i", "view", NOW + 1);
        shown("a2", NOW + 2, "recommendation-1", "i");
        turns("i", "view", NOW + 3);

        assertThat(responses()).extracting(Response::getAnswerId).containsExactly("a1", "a2");
        assertThat(quality("recommendation-1")).isEqualTo(new Responses(2, 2, 2, 0));
    }

    @Test
    void anInteractionThatComesLateIsPutDownToWhatWasShownBeforeItHappened() {
        shown("a1", NOW, "recommendation-1", "i");
        shown("a2", NOW + 2 * MINUTE, "recommendation-2", "i");
        rig.event(INTERACTION, interaction("u", "i", "view", NOW + MINUTE), NOW + DAY);

        assertThat(responses()).extracting(Response::getAnswerId).containsExactly("a1");
    }

    @Test
    void anAnswerGivenInAnExperimentCountsForItsArmAsWell() {
        rig.event(SHOWN, answer("a1", NOW, "recommendation-2", "e1.1-challenger-2", "i"), NOW);
        turns("i", "purchase", NOW + 1);

        assertThat(quality("recommendation-2")).isEqualTo(new Responses(1, 1, 1, 1));
        assertThat(quality("e1.1-challenger-2")).isEqualTo(new Responses(1, 1, 1, 1));
        assertThat(quality("champion")).isEqualTo(Responses.EMPTY);
    }

    @Test
    void whatTheBatchLayerKnewBeforeTheStreamCameToItIsPassedOverAndCounted() {
        shown("a1", NOW, "recommendation-1", "i");
        Cut ahead = Cut.of(Map.of(new Origin(INTERACTION.topic(), 0), Cut.BLOCK));
        rig.publish(USER, 1, Cut.NOTHING, ahead, NOW);
        turns("i", "view", NOW + 1);
        assertThat(responses()).isEmpty();
        assertThat(rig.counted("anabranch.speed.derived.doubtful", "reason", "overtaken"))
                .isEqualTo(1);

        rig.skipTo(INTERACTION, Cut.BLOCK);
        turns("i", "view", NOW + 2);
        assertThat(responses()).hasSize(1);
    }

    @Test
    void whoDidMoreSinceAnAnswerThanTheirHistoryHoldsHitsItNoMore() {
        shown("a1", NOW, "recommendation-1", "i");
        for (int i = 0; i < History.MOST; i++) {
            turns("other-" + i, "view", NOW + 1 + i);
        }
        turns("i", "purchase", NOW + MINUTE);

        assertThat(responses()).extracting(Response::getFirst).containsExactly(false);
        assertThat(quality("recommendation-1")).isEqualTo(new Responses(1, 1, 0, 0));
    }

    private void shown(String id, long atMillis, String ranker, String... items) {
        rig.event(SHOWN, answer(id, atMillis, ranker, "champion", items), atMillis);
    }

    private static Shown answer(String id, long atMillis, String ranker, String variant, String... items) {
        return Shown.newBuilder()
                .setAnswerId(id)
                .setEventTimeMillis(atMillis)
                .setUserId("u")
                .setContext("")
                .setRanker(ranker)
                .setVariant(variant)
                .setVectorsVersion(1L)
                .setItems(List.of(items))
                .build();
    }

    private void turns(String item, String type, long atMillis) {
        event("u", item, type, atMillis);
    }

    private void event(String user, String item, String type, long atMillis) {
        rig.event(INTERACTION, interaction(user, item, type, atMillis), atMillis);
    }

    private Interaction interaction(String user, String item, String type, long atMillis) {
        return new Interaction("e" + interactions++, atMillis, user, item, "s", type, 1_000L, "", "");
    }

    private List<Response> responses() {
        return rig.logged(RESPONSE);
    }

    /** Of the last four weeks, by the oracle; that the cells say the same is {@link RecommendationLawTest}'s business. */
    private Responses quality(String judged) {
        long end = QUALITY.endOfTile(NOW + 10 * DAY);
        return NaiveFold.fold(QUALITY, rig.log, Known.upTo(rig.end()), judged, end)
                .get(2);
    }
}
