package dev.anabranch.experiment;

import java.util.Arrays;

/**
 * Whether the entities fell to the arms in the shares they were to. When they did not, some are missing from one arm, and
 * hardly by chance: those that remain are not like those of the others, and nothing that is compared means anything
 * (Fabijan and others).
 *
 * <p>The test may be repeated at every look. It is that of Lindon and Malek: shares drawn from a Dirichlet distribution
 * around the intended ones bet against the intended ones themselves; the probability of the counts under the one over that
 * under the other is a wealth that, were the shares right, would ever reach 1 / p in no more than a share p of all
 * experiments. Assumed is that entities come independently, each with the probability that its arm's share is.
 *
 * @param p        valid at any moment
 * @param mismatch whether it is less than {@link #THRESHOLD}
 * @see <a href="https://arxiv.org/abs/2011.03567">Lindon and Malek, Anytime-Valid Inference for Multinomial Count Data,
 *     NeurIPS 2022</a>
 * @see <a href="https://doi.org/10.1145/3292500.3330722">Fabijan and others, Diagnosing Sample Ratio Mismatch in Online
 *     Controlled Experiments, KDD 2019</a>
 */
public record SampleRatio(double p, boolean mismatch) {
    /** A mismatch makes all results void, so it is not called lightly; what is customary. */
    public static final double THRESHOLD = 0.001;

    /**
     * How many entities the belief in the intended shares weighs: a share of one half is expected to be off by a twentieth
     * when something is wrong. Valid whatever it is; more finds smaller mismatches among more entities.
     */
    private static final double CONCENTRATION = 100;

    /**
     * @param entities how many each arm has
     * @param shares   of all entities that each arm was to have, in the same order; more than 0 together
     */
    public static SampleRatio of(long[] entities, double[] shares) {
        if (entities.length != shares.length) {
            throw new IllegalArgumentException("There must be as many arms with entities as with shares, got "
                    + entities.length + " and " + shares.length);
        }
        double all = Arrays.stream(shares).sum();
        long total = 0;
        double logWealth = LogGamma.of(CONCENTRATION);
        for (int arm = 0; arm < entities.length; arm++) {
            if (entities[arm] == 0) {
                continue; // adds nothing to either side
            }
            if (shares[arm] == 0) {
                return new SampleRatio(0, true); // nobody was to have it
            }
            double share = shares[arm] / all;
            double prior = CONCENTRATION * share;
            logWealth += LogGamma.of(prior + entities[arm]) - LogGamma.of(prior) - entities[arm] * Math.log(share);
            total += entities[arm];
        }
        logWealth -= LogGamma.of(CONCENTRATION + total);
        double p = Math.min(1, Math.exp(-logWealth));
        return new SampleRatio(p, p < THRESHOLD);
    }
}
