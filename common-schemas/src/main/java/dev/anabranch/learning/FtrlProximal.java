package dev.anabranch.learning;

/**
 * Follow the regularised leader, proximal: online logistic regression whose learning rate falls in each coordinate by itself,
 * with what was learnt there, and whose weights are 0 until there is enough reason against it.
 *
 * <p>What a coordinate keeps is {@code z}, the sum of its gradients less what its past weights explain, and {@code n}, the
 * sum of the squares of its gradients. The weight is a function of the two.
 *
 * @param alpha how fast it learns: the learning rate of a coordinate is {@code alpha / (beta + sqrt(n))}
 * @param beta  keeps the first steps small
 * @param l1    the weight of the sum of absolute weights: no weight but 0 until {@code |z|} is more
 * @param l2    the weight of half the sum of squared weights
 * @see <a href="https://doi.org/10.1145/2487575.2488200">McMahan et al., 2013: Ad Click Prediction: a View from the
 *     Trenches</a>, algorithm 1
 */
public record FtrlProximal(double alpha, double beta, double l1, double l2) {
    public FtrlProximal {
        if (!(alpha > 0 && beta >= 0 && l1 >= 0 && l2 >= 0)
                || !Double.isFinite(alpha + beta + l1 + l2)
                || beta + l2 == 0) {
            throw new IllegalArgumentException(
                    "FTRL-Proximal must have alpha above 0, beta, l1 and l2 of 0 or more, and beta or l2 above it, got alpha "
                            + alpha + ", beta " + beta + ", l1 " + l1 + ", l2 " + l2);
        }
    }

    /** The weight of a coordinate. */
    public double weight(double z, double n) {
        if (Math.abs(z) <= l1) {
            return 0;
        }
        return -(z - Math.signum(z) * l1) / ((beta + Math.sqrt(n)) / alpha + l2);
    }

    /**
     * What {@code z} gains in a step.
     *
     * @param gradient of the log loss, in this coordinate
     * @param weight   that was used
     */
    double gain(double n, double gradient, double weight) {
        double sigma = (Math.sqrt(n + gradient * gradient) - Math.sqrt(n)) / alpha;
        return gradient - sigma * weight;
    }

    /** The probability of log odds; the same to the bit on every machine. */
    static double sigmoid(double logOdds) {
        return 1 / (1 + StrictMath.exp(-logOdds));
    }
}
