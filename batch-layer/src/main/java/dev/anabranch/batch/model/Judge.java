package dev.anabranch.batch.model;

import java.util.Map;

/** What makes one model of a use case better than another. */
public interface Judge {
    /** The name of the metric that decides; more is better. */
    String decisive();

    /**
     * That metric of a resample.
     *
     * @param times how often each cluster is in it
     * @return NaN when it has none
     */
    double decisive(Ranking rows, int[] times);

    /**
     * Every metric by name.
     *
     * @param scores one for each row
     */
    Map<String, Double> measure(HeldOut rows, double[] scores);
}
