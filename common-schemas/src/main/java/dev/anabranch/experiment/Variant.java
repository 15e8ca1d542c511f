package dev.anabranch.experiment;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part that a version played when it scored, as it stands in each prediction: {@code champion} while there is no
 * experiment, else {@code e<experiment>.<phase>-<arm>}: {@code e3.1-champion}, {@code e3.1-challenger-7}, {@code e3.1-shadow-8},
 * {@code e3.1-holdout}.
 *
 * @param experiment its number
 * @param phase      of the experiment: which shares it had
 * @param arm        the name of the arm
 */
public record Variant(long experiment, int phase, String arm) {
    /** Whoever has no other arm, and everybody while there is no experiment. */
    public static final String CHAMPION = "champion";
    /** Those who keep an earlier version, whatever else is tried. */
    public static final String HOLDOUT = "holdout";

    private static final String CHALLENGER = "challenger-";
    private static final String SHADOW = "shadow-";
    private static final Pattern FORM = Pattern.compile("e(\\d{1,18})\\.(\\d{1,9})-([a-z]+(?:-\\d{1,18})?)");

    /** The name of the arm of a version that answers some. */
    public static String challenger(long version) {
        return CHALLENGER + version;
    }

    /** The name of the arm of a version that scores all and answers nobody. */
    public static String shadow(long version) {
        return SHADOW + version;
    }

    /** Whether an arm of that name answers nobody. */
    public static boolean isShadow(String arm) {
        return arm.startsWith(SHADOW);
    }

    /** Empty when {@code text} names no part in an experiment. */
    public static Optional<Variant> parse(String text) {
        Matcher parts = FORM.matcher(text);
        return parts.matches()
                ? Optional.of(
                        new Variant(Long.parseLong(parts.group(1)), Integer.parseInt(parts.group(2)), parts.group(3)))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return "e" + experiment + "." + phase + "-" + arm;
    }
}
