package dev.anabranch.experiment;

/** The quantiles of the standard normal distribution. */
final class NormalQuantile {
    private static final double MIDDLE = 0.425;
    private static final double NEAR = 5;

    private NormalQuantile() {}

    /**
     * Below what a standard normal value lies with probability {@code p}, to seven digits.
     *
     * @param p more than 0 and less than 1
     * @see <a href="https://doi.org/10.2307/2347330">Wichura, Algorithm AS 241: The Percentage Points of the Normal
     *     Distribution, 1988, routine PPND7</a>
     */
    static double of(double p) {
        double q = p - 0.5;
        if (Math.abs(q) <= MIDDLE) {
            double r = MIDDLE * MIDDLE - q * q;
            return q
                    * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)
                    / (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1);
        }
        double r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
        double far;
        if (r <= NEAR) {
            r -= 1.6;
            far = (((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777)
                    / ((0.12021132975 * r + 0.73700164250) * r + 1);
        } else {
            r -= NEAR;
            far = (((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150)
                    / ((0.012258202635 * r + 0.24197894225) * r + 1);
        }
        return q < 0 ? -far : far;
    }
}
