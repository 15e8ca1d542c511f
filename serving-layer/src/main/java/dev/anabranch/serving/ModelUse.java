package dev.anabranch.serving;

import java.util.List;

/** A use case that scores: names its model and the features it can supply. Implemented as a bean. */
public interface ModelUse {
    /** The key of its model on the model topic. */
    String model();

    /** The inputs it supplies, in order. A version that wants others is not used. */
    List<String> features();
}
