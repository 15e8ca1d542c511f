package dev.anabranch.model;

import dev.anabranch.contract.ScoringPath;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a prediction, {@code <use case>-<path>-<made>-<rest>}. It says where to look for the prediction and how old
 * it is, so nobody need search for one, and one that is gone can be told from one that never was.
 *
 * @param useCase    the use case whose model gave it
 * @param path       where it was scored
 * @param madeMillis when, in epoch milliseconds: the {@code madeMillis} of its record
 * @param rest       tells those of one millisecond apart
 */
public record PredictionId(String useCase, ScoringPath path, long madeMillis, String rest) {
    /** A partition and an offset. */
    private static final int OF_AN_EVENT = 2;

    /** The parts of a UUID. */
    private static final int OF_AN_ANSWER = 5;

    private static final Pattern FORM = Pattern.compile("([a-z][a-z0-9-]*?)-(stream|rest)-(\\d{1,18})-([0-9a-f-]+)");

    /**
     * In the stream: the same event, processed again, is scored under the same name.
     *
     * @param arrivalMillis when the event arrived
     */
    public static PredictionId ofEvent(String useCase, long arrivalMillis, int partition, long offset) {
        return new PredictionId(useCase, ScoringPath.STREAM, arrivalMillis, partition + "-" + offset);
    }

    /** What another version, which answers nobody, scored beside this one. */
    public PredictionId ofShadow(long version) {
        return new PredictionId(useCase, path, madeMillis, rest + "-" + version);
    }

    /** Whether it is that of what another version scored beside an answer. */
    public boolean isOfShadow() {
        int parts = rest.split("-").length;
        return parts > (path == ScoringPath.STREAM ? OF_AN_EVENT : OF_AN_ANSWER);
    }

    /** Over REST: every answer has a name of its own. */
    public static PredictionId ofAnswer(String useCase, long nowMillis, UUID unique) {
        return new PredictionId(useCase, ScoringPath.REST, nowMillis, unique.toString());
    }

    /** Empty when {@code text} names no prediction of this platform. */
    public static Optional<PredictionId> parse(String text) {
        Matcher parts = FORM.matcher(text);
        return parts.matches()
                ? Optional.of(new PredictionId(
                        parts.group(1),
                        ScoringPath.valueOf(parts.group(2).toUpperCase(Locale.ROOT)),
                        Long.parseLong(parts.group(3)),
                        parts.group(4)))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return useCase + "-" + path.name().toLowerCase(Locale.ROOT) + "-" + madeMillis + "-" + rest;
    }
}
