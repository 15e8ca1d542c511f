package dev.anabranch.explain;

import java.util.List;

/** Something that was given, beside the same made again from the archive. */
public sealed interface Remade permits Explanation, RankedExplanation {
    /** Names it. */
    String predictionId();

    /** Whether all came out as it was logged, to the bit. */
    boolean identical();

    /** What did not, in words; empty when {@link #identical}. */
    List<String> differences();

    /** Whether it said of itself that everything it was made of was exact. */
    boolean saidExact();

    /** Where it was made: {@code STREAM} or {@code REST}. */
    String path();

    /** What made it: a model version, or a rule. */
    String madeBy();

    /** The generations that were read, each as a view and a number. */
    List<String> generations();
}
