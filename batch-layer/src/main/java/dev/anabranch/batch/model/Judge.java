package dev.anabranch.batch.model;

import java.util.Map;

/** What makes one model of a use case better than another. */
public interface Judge {
    /** The metric that decides; more is better. */
    String decisive();

    /**
     * Every metric by name.
     *
     * @param scores one for each row
     */
    Map<String, Double> measure(HeldOut rows, double[] scores);
}
