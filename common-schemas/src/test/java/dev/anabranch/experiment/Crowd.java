package dev.anabranch.experiment;

import java.util.SplittableRandom;

/**
 * Entities as a model meets them: how often what is warned of happens differs from one to the next, and so does how wrong
 * the model is about each, again and again. So the losses of one are alike.
 */
final class Crowd {
    private final SplittableRandom random;
    private final double logOdds;
    private final double spread;
    private final double error;
    private double lossesSquared;

    /**
     * @param odds   how often it happens to the middle entity, as log odds
     * @param spread how far entities are from it; 0 for one like the other
     * @param error  how far the model is off about an entity, in log odds
     */
    Crowd(long seed, double odds, double spread, double error) {
        this.random = new SplittableRandom(seed);
        this.logOdds = odds;
        this.spread = spread;
        this.error = error;
    }

    /** One in eight or so is positive. */
    Crowd(long seed) {
        this(seed, -2, 1, 0.7);
    }

    /**
     * One of them.
     *
     * @param positive  how probable it is with each prediction
     * @param believed  what the model has for the log odds of that
     * @param predictions how many it makes in its time
     */
    record Entity(double positive, double believed, int predictions) {}

    SplittableRandom random() {
        return random;
    }

    Entity arrive() {
        double odds = logOdds + spread * random.nextGaussian();
        int predictions = 1;
        while (predictions < 30 && random.nextDouble() < 0.8) {
            predictions++;
        }
        return new Entity(probability(odds), odds + error * random.nextGaussian(), predictions);
    }

    /** Its predictions, all labelled, with the log loss of a model that is off by so much more in the log odds of all. */
    ArmSums sums(Entity entity, double offBy) {
        return ArmSums.ofEntity(entity.predictions, entity.predictions, loss(entity, offBy, entity.predictions));
    }

    /** The log losses of some predictions of an entity, summed. */
    double loss(Entity entity, double offBy, int predictions) {
        double score = probability(entity.believed + offBy);
        double sum = 0;
        lossesSquared = 0;
        for (int i = 0; i < predictions; i++) {
            double loss = Loss.LOG_LOSS.of(score, random.nextDouble() < entity.positive);
            sum += loss;
            lossesSquared += loss * loss;
        }
        return sum;
    }

    /** The squares of the losses that were summed last. */
    double lossesSquared() {
        return lossesSquared;
    }

    private static double probability(double logOdds) {
        return 1 / (1 + Math.exp(-logOdds));
    }
}
