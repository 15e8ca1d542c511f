package dev.anabranch.fraud.batch;

import dev.anabranch.batch.model.GateConfig;
import dev.anabranch.batch.model.HeldOut;
import dev.anabranch.batch.model.Judge;
import dev.anabranch.batch.model.Ranking;
import java.util.LinkedHashMap;
import java.util.Map;

/** Fraud is rare, so average precision decides: the area under the ROC curve is good for almost any model. */
final class FraudJudge implements Judge {
    static final String AUC = GateConfig.AUC;
    static final String AVERAGE_PRECISION = GateConfig.AVERAGE_PRECISION;
    static final String CARD_PRECISION_100 = "card_precision_100";

    private static final int CARDS = 100;

    @Override
    public String decisive() {
        return AVERAGE_PRECISION;
    }

    @Override
    public double decisive(Ranking rows, int[] times) {
        return rows.averagePrecision(times);
    }

    @Override
    public Map<String, Double> measure(HeldOut rows, double[] scores) {
        double[] targets = rows.targets();
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(AUC, Ranking.areaUnderRoc(targets, scores));
        metrics.put(AVERAGE_PRECISION, Ranking.averagePrecision(targets, scores));
        metrics.put(CARD_PRECISION_100, CardPrecision.at(CARDS, rows, scores));
        return metrics;
    }
}
