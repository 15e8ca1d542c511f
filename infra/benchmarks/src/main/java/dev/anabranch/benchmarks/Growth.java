package dev.anabranch.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * How a cost follows a size. A growth of exponent 1 is in proportion, one of 0 is none.
 *
 * @param sizes at which the cost was measured, each once
 * @param costs at each size, all of as many rounds
 */
public record Growth(List<Double> sizes, List<Rounds> costs) {
    /** @throws IllegalArgumentException when there are fewer than two points, or a cost is none */
    public Growth {
        if (sizes.size() < 2 || sizes.size() != costs.size()) {
            throw new IllegalArgumentException("An exponent must be fitted to two points or more, got " + sizes.size()
                    + " sizes and " + costs.size() + " costs");
        }
        for (int i = 0; i < costs.size(); i++) {
            if (sizes.get(i) <= 0 || costs.get(i).least() <= 0) {
                throw new IllegalArgumentException("Sizes and costs must be more than 0 to have an exponent, got "
                        + costs.get(i).least() + " at " + sizes.get(i));
            }
        }
        sizes = List.copyOf(sizes);
        costs = List.copyOf(costs);
    }

    /**
     * The exponent k of {@code cost = c * size^k} that fits best, round by round: the slope of the least-squares line through
     * the logarithms.
     */
    public Rounds exponents() {
        List<Double> exponents = new ArrayList<>();
        for (int round = 0; round < costs.get(0).count(); round++) {
            exponents.add(exponent(round));
        }
        return Rounds.of(exponents, exponent -> exponent);
    }

    private double exponent(int round) {
        int points = sizes.size();
        double meanSize = 0;
        double meanCost = 0;
        for (int i = 0; i < points; i++) {
            meanSize += Math.log(sizes.get(i)) / points;
            meanCost += Math.log(costs.get(i).figure(round)) / points;
        }
        double both = 0;
        double spread = 0;
        for (int i = 0; i < points; i++) {
            double size = Math.log(sizes.get(i)) - meanSize;
            both += size * (Math.log(costs.get(i).figure(round)) - meanCost);
            spread += size * size;
        }
        return both / spread;
    }
}
