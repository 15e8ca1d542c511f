package dev.anabranch.explain;

/** What the archive says to the name of a prediction. */
public sealed interface Found {
    /** It was not made again. */
    sealed interface NotMade extends Found {
        /** Why, for the caller to read. */
        String why();
    }

    /** It is there, and this is what came of making it again. */
    record Archived(Remade remade) implements Found {}

    /**
     * It is there, and the archive does not hold all that it was made of: not yet, or never if the log was lost.
     */
    record Ahead(String why) implements NotMade {}

    /**
     * It is there, and cannot be made again: a release before did not write down what it was made of.
     */
    record Unrecorded(String why) implements NotMade {}

    /**
     * It is not there and never will be.
     */
    record Never(String why) implements NotMade {}

    /**
     * It was there, and its time has passed.
     */
    record Gone(String why) implements NotMade {}

    /**
     * It is not there. The archive does not go as far as the moment its name says, so it may come.
     */
    record NotYet(String why) implements NotMade {}
}
