package dev.anabranch.experiment;

/** What a prediction costs once it is known what came true: 0 for one that was sure and right, less is better. */
public enum Loss {
    /**
     * The negative natural logarithm of the probability that was given to what came true, which counts as
     * 10<sup>-15</sup> at least: from 0 to 34.5. As {@link dev.anabranch.quality.Quality#logLoss} has it.
     *
     * @see <a href="https://doi.org/10.1111/j.2517-6161.1952.tb00104.x">Good, 1952</a>
     */
    LOG_LOSS("log_loss") {
        @Override
        public double of(double score, boolean positive) {
            return -StrictMath.log(Math.max(LEAST_PROBABILITY, positive ? score : 1 - score));
        }
    },
    /**
     * The square of score less outcome: from 0 to 1.
     *
     * @see <a href="https://doi.org/10.1175/1520-0493(1950)078%3C0001:VOFEIT%3E2.0.CO;2">Brier, 1950</a>
     */
    BRIER("brier") {
        @Override
        public double of(double score, boolean positive) {
            double error = score - (positive ? 1 : 0);
            return error * error;
        }
    };

    /** The least probability that the log loss counts: being wrong for sure would otherwise cost infinitely much. */
    public static final double LEAST_PROBABILITY = 1e-15;

    private final String metric;

    Loss(String metric) {
        this.metric = metric;
    }

    /** Its name in tables and answers. */
    public String metric() {
        return metric;
    }

    /** @param score from 0 to 1 */
    public abstract double of(double score, boolean positive);
}
