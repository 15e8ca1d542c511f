package dev.anabranch.explain;

import dev.anabranch.contract.Prediction;

/** What the archive says to the name of a prediction. */
public sealed interface Found {
    /** It is there. */
    record Archived(Prediction prediction) implements Found {}

    /**
     * It is not there and never will be.
     *
     * @param why for the caller to read
     */
    record Never(String why) implements Found {}

    /**
     * It was there, and its time has passed.
     *
     * @param why for the caller to read
     */
    record Gone(String why) implements Found {}

    /**
     * It is not there. The archive does not go as far as the moment its name says, so it may come.
     *
     * @param why for the caller to read
     */
    record NotYet(String why) implements Found {}
}
