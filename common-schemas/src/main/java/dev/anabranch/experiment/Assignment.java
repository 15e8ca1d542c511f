package dev.anabranch.experiment;

import dev.anabranch.contract.BucketRange;
import dev.anabranch.contract.Experiment;
import dev.anabranch.contract.ExperimentArm;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Who is answered by which arm of an experiment. It depends on the experiment's number and the entity alone: so it is the
 * same on every replica, after every restart, in the stream and over REST; and with {@link Shares}, an entity changes its
 * arm only when that arm's share shrinks or its own grows.
 *
 * <p>Who is held out is drawn apart from all experiments: it is the same entities in each.
 */
public final class Assignment {
    private static final int NOBODY = -1;

    private final Experiment experiment;
    private final List<ExperimentArm> arms;
    private final String salt;
    private final String holdoutSalt;
    private final int[] byBucket = new int[Buckets.COUNT];
    private final int[] holdout = new int[Buckets.COUNT];

    /** @throws IllegalArgumentException when two arms claim the same bucket, or one a bucket that is none */
    public Assignment(Experiment experiment) {
        this.experiment = experiment;
        arms = experiment.getArms();
        salt = experiment.getModel() + "/" + experiment.getNumber();
        holdoutSalt = experiment.getModel() + "/" + Variant.HOLDOUT;
        Arrays.fill(byBucket, NOBODY);
        Arrays.fill(holdout, NOBODY);
        for (int arm = 0; arm < arms.size(); arm++) {
            claim(arms.get(arm).getName().equals(Variant.HOLDOUT) ? holdout : byBucket, arm);
        }
    }

    private void claim(int[] buckets, int arm) {
        for (BucketRange range : arms.get(arm).getBuckets()) {
            if (range.getFrom() < 0 || range.getUntil() > Buckets.COUNT) {
                throw new IllegalArgumentException("Buckets must be from 0 to " + Buckets.COUNT + ", got " + range
                        + " of " + arms.get(arm).getName());
            }
            for (int bucket = range.getFrom(); bucket < range.getUntil(); bucket++) {
                if (buckets[bucket] != NOBODY) {
                    throw new IllegalArgumentException("A bucket must have one arm, got " + bucket + " of "
                            + arms.get(buckets[bucket]).getName() + " and "
                            + arms.get(arm).getName());
                }
                buckets[bucket] = arm;
            }
        }
    }

    public Experiment experiment() {
        return experiment;
    }

    /** The arm that answers an entity; empty for the champion. */
    public Optional<ExperimentArm> of(String entity) {
        int arm = holdout[Buckets.of(holdoutSalt, entity)];
        if (arm == NOBODY) {
            arm = byBucket[Buckets.of(salt, entity)];
        }
        return arm == NOBODY ? Optional.empty() : Optional.of(arms.get(arm));
    }
}
