package dev.anabranch.benchmarks.restore;

/** How a cost follows a size. */
final class Growth {
    private Growth() {}

    /**
     * The exponent k of {@code cost = c * size^k} that fits best: the slope of the least-squares line through the
     * logarithms.
     *
     * @throws IllegalArgumentException when there are fewer than two points
     */
    static double exponent(double[] sizes, double[] costs) {
        if (sizes.length < 2 || sizes.length != costs.length) {
            throw new IllegalArgumentException("An exponent must be fitted to two points or more, got " + sizes.length
                    + " sizes and " + costs.length + " costs");
        }
        double meanSize = 0;
        double meanCost = 0;
        for (int i = 0; i < sizes.length; i++) {
            meanSize += Math.log(sizes[i]) / sizes.length;
            meanCost += Math.log(costs[i]) / sizes.length;
        }
        double both = 0;
        double spread = 0;
        for (int i = 0; i < sizes.length; i++) {
            double size = Math.log(sizes[i]) - meanSize;
            both += size * (Math.log(costs[i]) - meanCost);
            spread += size * size;
        }
        return both / spread;
    }
}
