package dev.anabranch.experiment;

import dev.anabranch.contract.BucketRange;
import dev.anabranch.contract.Experiment;
import dev.anabranch.contract.ExperimentArm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which buckets arms have, so that each has its share and as few entities as can be change their arm. */
public final class Shares {
    private static final int FREE = -1;

    private Shares() {}

    /**
     * The buckets of each arm, when shares change.
     *
     * @param before what each arm had; empty when it begins
     * @param wanted how many buckets each arm is to have, 10,000 for all; an arm that is not in it has none any more
     * @return for each wanted arm its buckets, rising
     * @throws IllegalArgumentException when the shares are below 0 or pass 100 per cent together
     */
    public static Map<String, List<BucketRange>> allot(
            Map<String, List<BucketRange>> before, Map<String, Integer> wanted) {
        int sum = 0;
        for (Map.Entry<String, Integer> share : wanted.entrySet()) {
            if (share.getValue() < 0) {
                throw new IllegalArgumentException(
                        "The share of " + share.getKey() + " must be 0 % or more, got " + percent(share.getValue()));
            }
            sum = Math.addExact(sum, share.getValue());
        }
        if (sum > Buckets.COUNT) {
            throw new IllegalArgumentException("Shares must be 100 % together at most, got " + percent(sum));
        }
        List<String> arms = List.copyOf(wanted.keySet());
        int[] owners = new int[Buckets.COUNT];
        Arrays.fill(owners, FREE);
        int[] missing = new int[arms.size()];
        for (int arm = 0; arm < arms.size(); arm++) {
            missing[arm] = wanted.get(arms.get(arm)) - keep(arm, before.get(arms.get(arm)), wanted, arms, owners);
        }
        int bucket = 0;
        for (int arm = 0; arm < arms.size(); arm++) {
            while (missing[arm] > 0) {
                if (owners[bucket] == FREE) {
                    owners[bucket] = arm;
                    missing[arm]--;
                }
                bucket++;
            }
        }
        Map<String, List<BucketRange>> allotted = new LinkedHashMap<>();
        for (int arm = 0; arm < arms.size(); arm++) {
            allotted.put(arms.get(arm), ranges(owners, arm));
        }
        return allotted;
    }

    /** @return how many of the buckets that it had an arm keeps */
    private static int keep(
            int arm, List<BucketRange> had, Map<String, Integer> wanted, List<String> arms, int[] owners) {
        int kept = 0;
        for (BucketRange range : had == null ? List.<BucketRange>of() : had) {
            for (int b = range.getFrom(); b < range.getUntil() && kept < wanted.get(arms.get(arm)); b++) {
                owners[b] = arm;
                kept++;
            }
        }
        return kept;
    }

    private static List<BucketRange> ranges(int[] owners, int arm) {
        List<BucketRange> ranges = new ArrayList<>();
        int from = FREE;
        for (int b = 0; b <= owners.length; b++) {
            boolean mine = b < owners.length && owners[b] == arm;
            if (mine && from == FREE) {
                from = b;
            } else if (!mine && from != FREE) {
                ranges.add(new BucketRange(from, b));
                from = FREE;
            }
        }
        return ranges;
    }

    /**
     * The share of the entities that each arm of an experiment is to have, from 0 to 1, the champion first. Who is held out is drawn before
     * the others, so these share what is left.
     */
    public static Map<String, Double> of(Experiment experiment) {
        double heldOut = 0;
        double drawn = 0;
        for (ExperimentArm arm : experiment.getArms()) {
            double own = size(arm.getBuckets()) / (double) Buckets.COUNT;
            if (arm.getName().equals(Variant.HOLDOUT)) {
                heldOut = own;
            } else {
                drawn += own;
            }
        }
        Map<String, Double> shares = new LinkedHashMap<>();
        shares.put(Variant.CHAMPION, (1 - heldOut) * (1 - drawn));
        for (ExperimentArm arm : experiment.getArms()) {
            double own = size(arm.getBuckets()) / (double) Buckets.COUNT;
            shares.put(arm.getName(), arm.getName().equals(Variant.HOLDOUT) ? own : (1 - heldOut) * own);
        }
        return shares;
    }

    /** How many buckets there are in some ranges. */
    public static int size(List<BucketRange> buckets) {
        return buckets.stream()
                .mapToInt(range -> range.getUntil() - range.getFrom())
                .sum();
    }

    private static String percent(int buckets) {
        return buckets / 100.0 + " %";
    }
}
