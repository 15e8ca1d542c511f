package dev.anabranch.experiment;

/** The natural logarithm of the gamma function, of which (n − 1)! is the value at n. */
final class LogGamma {
    /** From here on the series below is right to the last digits of a double. */
    private static final double LARGE = 15;

    private LogGamma() {}

    /**
     * By the series of Stirling; what is small is moved up to where it holds, by Γ(x + 1) = x Γ(x).
     *
     * @param x more than 0
     * @see <a href="https://dlmf.nist.gov/5.11#E1">NIST Digital Library of Mathematical Functions, 5.11.1 and 5.5.1</a>
     */
    static double of(double x) {
        double product = 1;
        double large = x;
        while (large < LARGE) {
            product *= large;
            large++;
        }
        double inverse = 1 / large;
        double square = inverse * inverse;
        double series = inverse
                * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680 - square / 1188))));
        return (large - 0.5) * Math.log(large) - large + Math.log(2 * Math.PI) / 2 + series - Math.log(product);
    }
}
