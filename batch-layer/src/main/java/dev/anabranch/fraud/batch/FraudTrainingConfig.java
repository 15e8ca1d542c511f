package dev.anabranch.fraud.batch;

import dev.anabranch.batch.model.Algorithm;
import dev.anabranch.batch.model.GateConfig;
import dev.anabranch.batch.model.GradientBoostedTreesAlgorithm;
import dev.anabranch.batch.model.LogisticRegressionAlgorithm;
import dev.anabranch.batch.model.RandomForestAlgorithm;
import dev.anabranch.fraud.FraudFeatures;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How fraud models are trained. */
@ConfigMapping(prefix = "anabranch.fraud.training")
public interface FraudTrainingConfig {
    /**
     * {@code anabranch.fraud.training.every}: how old the newest version must be for another to be trained, unless drift asks
     * for it; none is trained without new labels.
     */
    @WithDefault("PT0S")
    Duration every();

    /** {@code anabranch.fraud.training.days}: how many days of labelled payments are learnt from, at most. */
    @WithDefault("28")
    int days();

    /** {@code anabranch.fraud.training.held-out-days}: how many days, the newest that are labelled, are measured on. */
    @WithDefault("7")
    int heldOutDays();

    /** {@code anabranch.fraud.training.least-frauds}: no model is trained from fewer, nor measured on fewer. */
    @WithDefault("20")
    long leastFrauds();

    /** {@code anabranch.fraud.training.gates.*}: what a new version must reach to go live. */
    GateConfig gates();

    /** {@code anabranch.fraud.training.online.*}: versions of the model that learns as labels arrive. */
    Online online();

    /** {@code anabranch.fraud.training.seed}: of everything random. */
    @WithDefault("1")
    long seed();

    /** {@code anabranch.fraud.training.algorithms}: which are trained; the best is kept. */
    @WithDefault("logistic-regression,gradient-boosted-trees,random-forest")
    List<String> algorithms();

    /** Logistic regression, over the published baseline features only. */
    LogisticRegression logisticRegression();

    /** Gradient-boosted trees. */
    GradientBoostedTrees gradientBoostedTrees();

    /** A random forest. */
    RandomForest randomForest();

    /** {@code anabranch.fraud.training.online.*}. */
    interface Online {
        /**
         * Whether one that passes its gates, and is shown to be better than the live version, goes live by itself. Where not, it
         * may be tried beside it, or be promoted.
         */
        @WithDefault("false")
        boolean goesLive();
    }

    /** {@code anabranch.fraud.training.logistic-regression.*}. */
    interface LogisticRegression {
        /** The weight of the L2 penalty; 0 for none. */
        @WithDefault("0")
        double regularization();

        /** At most. */
        @WithDefault("200")
        int iterations();
    }

    /** {@code anabranch.fraud.training.gradient-boosted-trees.*}. */
    interface GradientBoostedTrees {
        /** How many. */
        @WithDefault("60")
        int trees();

        /** Of each, at most. */
        @WithDefault("3")
        int depth();

        /** How much of each tree is believed. */
        @WithDefault("0.1")
        double stepSize();

        /** The share of the rows each tree sees. */
        @WithDefault("0.7")
        double subsample();

        /** How many rows a leaf must have. */
        @WithDefault("5")
        int smallestLeaf();

        /** How many thresholds of a feature are tried; fraud hides in the far end of amounts, where few are coarse. */
        @WithDefault("1024")
        int bins();

        /** The share of good payments that are learnt from. */
        @WithDefault("0.2")
        double negativeShare();
    }

    /** {@code anabranch.fraud.training.random-forest.*}. */
    interface RandomForest {
        /** How many. */
        @WithDefault("100")
        int trees();

        /** Of each, at most. */
        @WithDefault("10")
        int depth();

        /** How many rows a leaf must have. */
        @WithDefault("3")
        int smallestLeaf();

        /** How many thresholds of a feature are tried. */
        @WithDefault("1024")
        int bins();

        /** The share of good payments that are learnt from. */
        @WithDefault("0.2")
        double negativeShare();
    }

    /**
     * The algorithms by name, in the order they are named.
     *
     * @throws IllegalArgumentException when one is not known
     */
    default List<Algorithm> toAlgorithms() {
        List<Algorithm> chosen = new ArrayList<>();
        for (String name : algorithms()) {
            chosen.add(
                    switch (name) {
                        case "logistic-regression" ->
                            new LogisticRegressionAlgorithm(
                                    FraudFeatures.BASELINE,
                                    logisticRegression().regularization(),
                                    logisticRegression().iterations());
                        case "gradient-boosted-trees" ->
                            new GradientBoostedTreesAlgorithm(
                                    gradientBoostedTrees().trees(),
                                    gradientBoostedTrees().depth(),
                                    gradientBoostedTrees().stepSize(),
                                    gradientBoostedTrees().subsample(),
                                    gradientBoostedTrees().smallestLeaf(),
                                    gradientBoostedTrees().bins(),
                                    gradientBoostedTrees().negativeShare());
                        case "random-forest" ->
                            new RandomForestAlgorithm(
                                    randomForest().trees(),
                                    randomForest().depth(),
                                    randomForest().smallestLeaf(),
                                    randomForest().bins(),
                                    randomForest().negativeShare());
                        default ->
                            throw new IllegalArgumentException("anabranch.fraud.training.algorithms must be among "
                                    + "logistic-regression, gradient-boosted-trees and random-forest, got '" + name
                                    + "'");
                    });
        }
        return chosen;
    }
}
