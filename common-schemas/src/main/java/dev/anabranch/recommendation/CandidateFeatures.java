package dev.anabranch.recommendation;

import java.util.List;

/**
 * The inputs of the model that ranks candidates, in one order for every layer. Counts enter as {@code log(1 + count)}, by
 * {@link StrictMath}: the same to the bit on every machine.
 */
public final class CandidateFeatures {
    public static final List<String> NAMES = List.of(
            "trending",
            "trending-in-context",
            "popularity.1h",
            "popularity.1d",
            "popularity.7d",
            "neighbours",
            "together",
            "taste",
            "conversion-rate",
            "conversion-rate-in-context",
            "history");

    static final int TRENDING = 0;
    static final int NEIGHBOURS = 5;
    static final int TOGETHER = 6;
    static final int TASTE = 7;

    private static final double PRIOR_RATE = 0.1;
    private static final double PRIOR_VIEWS = 10;
    private static final int HOUR = 0;
    private static final int DAY = 2;
    private static final int WEEK = 3;

    private CandidateFeatures() {}

    /**
     * @param trends     how much it trends everywhere
     * @param inContext  how much it trends in the context
     * @param neighbours how much it is read by those who read what the user read
     * @param together   how often it followed what the user read last
     * @param taste      its product with the user's vector, 0 when either has none
     * @param activity   what is known of the item
     * @param history    how many items the user has turned to
     * @return one value for each of {@link #NAMES}
     */
    static double[] of(
            long atMillis,
            String context,
            double trends,
            double inContext,
            double neighbours,
            double together,
            double taste,
            ItemActivity activity,
            int history) {
        return new double[] {
            StrictMath.log1p(trends),
            StrictMath.log1p(inContext),
            StrictMath.log1p(activity.popularityAt(HOUR, atMillis)),
            StrictMath.log1p(activity.popularityAt(DAY, atMillis)),
            StrictMath.log1p(activity.popularityAt(WEEK, atMillis)),
            StrictMath.log1p(neighbours),
            StrictMath.log1p(together),
            taste,
            activity.allConversions().rate(PRIOR_RATE, PRIOR_VIEWS),
            activity.conversions().get(context, Conversions.EMPTY).rate(PRIOR_RATE, PRIOR_VIEWS),
            StrictMath.log1p(history)
        };
    }

    /**
     * A score that needs no model: what trends, and what is read by those who read what the user read, count the same; taste
     * decides among what neither knows.
     */
    public static double byRule(double[] features) {
        return StrictMath.expm1(features[TRENDING])
                + StrictMath.expm1(features[NEIGHBOURS])
                + 0.05 * StrictMath.expm1(features[TOGETHER])
                + 0.1 * features[TASTE];
    }

    /** The scores of several rows by {@link #byRule(double[])}. */
    public static double[] byRule(double[][] rows) {
        double[] scores = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            scores[i] = byRule(rows[i]);
        }
        return scores;
    }
}
