package dev.anabranch.experiment;

import java.util.Optional;

/**
 * How sure a difference is, for those who look again and again. An interval for a number of entities fixed beforehand is
 * wrong sooner or later for whoever looks often enough and stops when he likes what he sees; here all intervals of an
 * experiment hold the true difference at once, in 1 − alpha of all experiments. Whoever stops, stops when he likes.
 *
 * <p>It is the asymptotic confidence sequence of Waudby-Smith and others, theorem 2.2: at t entities the mean ± σ ·
 * √(2 (tρ² + 1) / (t²ρ²) · log(√(tρ² + 1) / alpha)). With the standard error s = σ / √t of what is estimated, and x = tρ²,
 * that is ± s · √((1 + 1/x) · (log(1 + x) − 2 log alpha)). It comes from betting against "there is no difference" with a
 * normal mixture of differences, so the wealth won is a p-value of the same validity (Johari and others): the interval
 * leaves out zero exactly when p is less than alpha. The least p seen so far in an experiment is valid too.
 *
 * <p>What is assumed: entities are independent, each stays in its arm and has finite variance; they come in any number of
 * predictions. Validity is asymptotic, in the number of entities at the first look: with fewer than {@link #LEAST_ENTITIES}
 * labelled ones in an arm nothing is said. Time is counted in entities. When the same entities go on making predictions,
 * what is estimated moves on while this time stands still: looks at it are then not independent of one another, and for how
 * long alpha still holds has been simulated (PeekingTest) rather than proved. Labels must come as soon in one arm as in the
 * other; a model that decides what is looked into chooses its own labels.
 *
 * @param alpha      the share of all experiments in which an interval may ever be wrong; more than 0 and less than 1
 * @param tightestAt at how many labelled entities, of both arms together, the interval is to be as narrow as it can be: a
 *     choice to be made before the first look. It is valid at any other number too, and wider than need be there
 * @see <a href="https://doi.org/10.1214/24-AOS2408">Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, Time-uniform central
 *     limit theory and asymptotic confidence sequences, Annals of Statistics 52, 2024</a>
 * @see <a href="https://doi.org/10.1145/3097983.3097992">Johari, Koomen, Pekelis and Walsh, Peeking at A/B Tests: Why it
 *     matters, and what to do about it, KDD 2017</a>
 */
public record ConfidenceSequence(double alpha, long tightestAt) {
    /** With fewer labelled entities in an arm it is too early to say anything. */
    public static final int LEAST_ENTITIES = 100;

    private static final double CLOSE_ENOUGH = 1e-12;

    public ConfidenceSequence {
        if (!(alpha > 0 && alpha < 1)) {
            throw new IllegalArgumentException(
                    "Alpha must be more than 0 and less than 1, got " + alpha + "; try 0.05");
        }
        if (tightestAt < 1) {
            throw new IllegalArgumentException(
                    "The number of entities it is tightest at must be 1 or more, got " + tightestAt + "; try 1000");
        }
    }

    /**
     * What is known of a difference at this moment, in units of the loss.
     *
     * @param lower the least it may be
     * @param upper the greatest
     * @param p     valid at any moment: in no more than a share p of experiments without a difference is one this small
     *     ever seen
     * @param standardError of the difference, at the entities there are
     */
    public record Interval(double difference, double lower, double upper, double p, double standardError) {}

    /**
     * How much more a labelled prediction of one arm costs than one of another.
     *
     * @return empty when there are too few to tell
     */
    public Optional<Interval> difference(ArmSums one, ArmSums other) {
        if (one.labelledEntities() < LEAST_ENTITIES || other.labelledEntities() < LEAST_ENTITIES) {
            return Optional.empty();
        }
        double difference = one.mean().orElseThrow() - other.mean().orElseThrow();
        double variance = one.variance().orElseThrow() + other.variance().orElseThrow();
        return Optional.of(interval(
                difference, Math.sqrt(variance), Math.addExact(one.labelledEntities(), other.labelledEntities())));
    }

    /**
     * The same of two versions that were asked about the same events.
     *
     * @param pairs the loss of each entity is the sum of the differences, those of the one less those of the other
     * @return empty when there are too few to tell
     */
    public Optional<Interval> difference(ArmSums pairs) {
        return pairs.labelledEntities() < LEAST_ENTITIES
                ? Optional.empty()
                : Optional.of(interval(
                        pairs.mean().orElseThrow(),
                        Math.sqrt(pairs.variance().orElseThrow()),
                        pairs.labelledEntities()));
    }

    private Interval interval(double difference, double standardError, long entities) {
        double x = bestX() * entities / tightestAt;
        double radius = standardError * Math.sqrt((1 + 1 / x) * (Math.log1p(x) - 2 * Math.log(alpha)));
        return new Interval(
                difference, difference - radius, difference + radius, p(difference, standardError, x), standardError);
    }

    private static double p(double difference, double standardError, double x) {
        if (difference == 0) {
            return 1; // whatever the standard error: it may be zero as well
        }
        double z = difference / standardError;
        double logWealth = z * z / 2 * (x / (1 + x)) - Math.log1p(x) / 2;
        return Math.min(1, Math.exp(-logWealth));
    }

    /**
     * The x = tρ² at which the interval is narrowest for its t. The derivative of the square of the radius is zero where x =
     * log(1 + x) − 2 log alpha; each step of the iteration brings it closer by the factor 1 + x. The authors write the same
     * as −W₋₁(−alpha² / e) − 1, with Lambert's W.
     */
    private double bestX() {
        double x = 1;
        double next = Math.log1p(x) - 2 * Math.log(alpha);
        while (Math.abs(next - x) > CLOSE_ENOUGH * (1 + x)) {
            x = next;
            next = Math.log1p(x) - 2 * Math.log(alpha);
        }
        return next;
    }
}
