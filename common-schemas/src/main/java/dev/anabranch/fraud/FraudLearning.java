package dev.anabranch.fraud;

import dev.anabranch.learning.Buckets;
import dev.anabranch.learning.FtrlProximal;
import dev.anabranch.learning.Learning;
import java.util.LinkedHashMap;
import java.util.Map;

/** How a fraud model learns as labels arrive: how the values of {@link FraudFeatures} are told apart, and how fast it goes. */
final class FraudLearning {
    private static final Buckets FLAG = Buckets.at(0.5);
    private static final Buckets AMOUNT_CENTS = Buckets.geometric(100, 400_000, 4);
    private static final Buckets MEAN_CENTS = Buckets.geometric(400, 110_000, 2);
    private static final Buckets COUNT = Buckets.geometric(1, 256, 2);
    private static final Buckets RISK = Buckets.geometric(1 / 256.0, 1, 2);
    private static final Buckets RATIO = Buckets.geometric(1 / 32.0, 32, 2);

    /** Chosen on the labels of May 2018 of the public data set; half or double of any of them changes little. */
    private static final FtrlProximal FTRL = new FtrlProximal(0.6, 1, 1, 0.1);

    static final Learning LEARNING = new Learning(FraudUseCase.NAME, FraudEvents.EXAMPLE, inputs(), FTRL);

    private FraudLearning() {}

    private static Map<String, Buckets> inputs() {
        Map<String, Buckets> inputs = new LinkedHashMap<>();
        FraudFeatures.NAMES.forEach(feature -> inputs.put(feature, of(feature)));
        return inputs;
    }

    private static Buckets of(String feature) {
        if (feature.equals("weekend") || feature.equals("night")) {
            return FLAG;
        }
        if (feature.equals("amount-cents")) {
            return AMOUNT_CENTS;
        }
        if (feature.startsWith("amount-to-mean.") || feature.contains("-to-")) {
            return RATIO;
        }
        if (feature.contains(".risk.")) {
            return RISK;
        }
        if (feature.contains(".mean-cents.")) {
            return MEAN_CENTS;
        }
        if (feature.contains(".count.")) {
            return COUNT;
        }
        throw new IllegalStateException("Every fraud feature must have buckets to be learnt from, got " + feature);
    }
}
