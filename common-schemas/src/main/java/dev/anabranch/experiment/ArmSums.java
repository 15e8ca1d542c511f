package dev.anabranch.experiment;

import java.io.Serializable;
import java.util.OptionalDouble;

/**
 * All that need be known of the entities of an arm to tell the mean loss of its labelled predictions and how sure it is.
 *
 * <p>An arm is given to entities, not to predictions: those of one customer are alike, and a thousand of one customer say
 * less than one each of a thousand. So the unit is the entity, with y the sum of its losses and n the number of its labelled
 * predictions; the mean is the ratio of two sums over entities.
 *
 * <p>{@code plus} is associative and commutative, but for the rounding of sums, and {@link #EMPTY} changes nothing. Entities
 * may be folded one by one, or parts of them merged; no entity may be in two parts.
 *
 * @param entities         that were exposed to the arm: have a prediction of it
 * @param labelledEntities those of which a prediction is labelled
 * @param predictions      of all entities
 * @param labelled         those of which it is known what came true: the sum of n
 * @param loss             the sum of y
 * @param lossSquared      the sum of y²
 * @param lossTimesCount   the sum of y · n
 * @param countSquared     the sum of n²
 */
public record ArmSums(
        long entities,
        long labelledEntities,
        long predictions,
        long labelled,
        double loss,
        double lossSquared,
        double lossTimesCount,
        long countSquared)
        implements Serializable {
    public static final ArmSums EMPTY = new ArmSums(0, 0, 0, 0, 0, 0, 0, 0);

    public ArmSums {
        if (labelledEntities < 0 || labelledEntities > entities) {
            throw new IllegalArgumentException("Labelled entities must be from 0 to the number of entities, " + entities
                    + ", got " + labelledEntities);
        }
        if (labelled < labelledEntities || labelled > predictions) {
            throw new IllegalArgumentException("Labelled predictions must be from the number of labelled entities, "
                    + labelledEntities + ", to that of predictions, " + predictions + ", got " + labelled);
        }
    }

    /**
     * One entity.
     *
     * @param predictions of it, by the arm; 1 or more
     * @param labelled    those of which it is known what came true
     * @param loss        the sum of their losses; for pairs, the sum of the differences
     */
    public static ArmSums ofEntity(long predictions, long labelled, double loss) {
        return labelled == 0
                ? new ArmSums(1, 0, predictions, 0, 0, 0, 0, 0)
                : new ArmSums(
                        1,
                        1,
                        predictions,
                        labelled,
                        loss,
                        loss * loss,
                        loss * labelled,
                        Math.multiplyExact(labelled, labelled));
    }

    public ArmSums plus(ArmSums other) {
        return new ArmSums(
                entities + other.entities,
                labelledEntities + other.labelledEntities,
                predictions + other.predictions,
                labelled + other.labelled,
                loss + other.loss,
                lossSquared + other.lossSquared,
                lossTimesCount + other.lossTimesCount,
                Math.addExact(countSquared, other.countSquared));
    }

    /** The mean loss of a labelled prediction, Σy / Σn. Empty when none is labelled. */
    public OptionalDouble mean() {
        return labelled == 0 ? OptionalDouble.empty() : OptionalDouble.of(loss / labelled);
    }

    /**
     * The variance of {@link #mean}, by the delta method over entities: a ratio R of two means moves, to first order, as the
     * mean of (y − R n) / n̄ does. With N labelled entities that is N / (N − 1) · Σ(y − R n)² / (Σn)². It is right for many
     * entities, whatever the correlation within each, and too small for a few. Empty with fewer than two labelled entities.
     *
     * @see <a href="https://doi.org/10.1145/3219819.3219919">Deng, Knoblich and Lu, Applying the Delta Method in Metric
     *     Analytics: A Practical Guide with Novel Ideas, KDD 2018</a>
     */
    public OptionalDouble variance() {
        if (labelledEntities < 2) {
            return OptionalDouble.empty();
        }
        double mean = loss / labelled;
        double residuals = lossSquared - 2 * mean * lossTimesCount + mean * mean * countSquared;
        double bessel = labelledEntities / (labelledEntities - 1.0);
        // Where all entities are alike nothing is left but rounding, and that may be below zero.
        return OptionalDouble.of(Math.max(0, bessel * residuals / ((double) labelled * labelled)));
    }
}
