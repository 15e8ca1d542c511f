package dev.anabranch.recommendation.batch;

import dev.anabranch.batch.model.GateConfig;
import dev.anabranch.batch.model.HeldOut;
import dev.anabranch.batch.model.Judge;
import dev.anabranch.batch.model.Ranking;
import java.util.Map;

/** A ranking model is better when what users turned to stands higher. */
final class RankingJudge implements Judge {
    static final String AVERAGE_PRECISION = GateConfig.AVERAGE_PRECISION;

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
        return Map.of(
                AVERAGE_PRECISION,
                Ranking.averagePrecision(targets, scores),
                GateConfig.AUC,
                Ranking.areaUnderRoc(targets, scores));
    }
}
