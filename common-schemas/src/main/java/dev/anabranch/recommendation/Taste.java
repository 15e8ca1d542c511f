package dev.anabranch.recommendation;

import dev.anabranch.vectors.FoldIn;
import dev.anabranch.vectors.Vectors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The item vectors of one version and how a user is folded in among them. Everything about one question is asked of one
 * object, so vectors of two versions never meet.
 */
public final class Taste {
    /** How many items of a history make a user's vector. */
    public static final int ITEMS = 50;

    /** The strength of an interaction in a user's vector halves in this time: tastes change slowly. */
    public static final long HALF_LIFE_MILLIS = 90L * 86_400_000;

    /** What counts less says nothing. */
    private static final double FORGOTTEN = 1e-6;

    private final Vectors vectors;
    private final FoldIn foldIn;

    public Taste(Vectors vectors, FoldIn foldIn) {
        this.vectors = vectors;
        this.foldIn = foldIn;
    }

    public Vectors vectors() {
        return vectors;
    }

    /** What a strength counts in the model: {@code log2(1 + strength)}, as in training. */
    public static double confidence(double strength) {
        return StrictMath.log1p(strength) / StrictMath.log(2);
    }

    /** What each of the last items of a history counts in a user's vector. */
    public static Map<String, Double> strengths(History history, long atMillis) {
        Map<String, Double> strengths = new LinkedHashMap<>();
        history.strengths(ITEMS, atMillis, HALF_LIFE_MILLIS).forEach((item, strength) -> {
            if (strength > FORGOTTEN) {
                strengths.put(item, confidence(strength));
            }
        });
        return strengths;
    }

    /** The vector of a user; empty when no item of theirs has one. */
    public Optional<FoldIn.Folded> of(Map<String, Double> strengths) {
        return strengths.isEmpty() ? Optional.empty() : foldIn.fold(strengths);
    }

    /** The items nearest to a vector. */
    public List<Vectors.Found> nearest(FoldIn.Folded folded, int most) {
        return vectors.top(folded.vector(), most, item -> true);
    }
}
