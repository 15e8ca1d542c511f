package dev.anabranch.recommendation.batch;

import dev.anabranch.batch.model.GateConfig;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;

/** How the models of recommendations are trained. */
@ConfigMapping(prefix = "anabranch.recommendation.training")
public interface RecommendationTrainingConfig {
    /** {@code anabranch.recommendation.training.days}: how many days of interactions item vectors are learnt from. */
    @WithDefault("180")
    int days();

    /** {@code anabranch.recommendation.training.held-out}: how long a time, the newest, models are measured on. */
    @WithDefault("P3D")
    Duration heldOut();

    /** {@code anabranch.recommendation.training.least-choices}: no vectors are learnt from fewer pairs of user and item. */
    @WithDefault("100")
    long leastChoices();

    /** {@code anabranch.recommendation.training.seed}: of everything random. */
    @WithDefault("1")
    long seed();

    /** What is tried for the item vectors, and how. */
    Items items();

    /** How the ranking model is trained. */
    Ranking ranking();

    /** {@code anabranch.recommendation.training.items.*}. */
    interface Items {
        /** {@code grid} for all combinations, {@code random} for some. */
        @WithDefault("grid")
        String search();

        /** How many combinations are tried at random. */
        @WithDefault("4")
        int trials();

        /** How long vectors are. */
        @WithDefault("16,32")
        List<Double> rank();

        /** How much a choice of strength 1 outweighs none. */
        @WithDefault("5")
        List<Double> alpha();

        /** Regularization of one choice. */
        @WithDefault("0.1,0.5")
        List<Double> lambda();

        /** How often both sides are solved. */
        @WithDefault("10")
        int iterations();
    }

    /** {@code anabranch.recommendation.training.ranking.*}. */
    interface Ranking {
        /** How many days of moments are learnt from, before those held out. */
        @WithDefault("30")
        int days();

        /** How long after an answer an interaction is put down to it. */
        @WithDefault("PT1H")
        Duration attributionWindow();

        /** At most so many moments are learnt from, and a third as many measured on. */
        @WithDefault("2000")
        int moments();

        /** How many items that led to nothing are kept of a moment. */
        @WithDefault("30")
        int negatives();

        /** No model is learnt from fewer outcomes. */
        @WithDefault("30")
        long leastOutcomes();

        /** {@code anabranch.recommendation.training.ranking.gates.*}: what a new version must reach to go live. */
        GateConfig gates();
    }
}
