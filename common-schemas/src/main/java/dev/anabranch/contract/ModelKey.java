package dev.anabranch.contract;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a record of {@link Topics#MODELS} is about: {@code fraud} holds the version that is live, {@code fraud/experiment} who
 * is answered by others meanwhile, {@code fraud@7} one of those others.
 *
 * @param model   the model's name
 * @param subject what about it
 * @param version of {@link Subject#VERSION}; else 0
 */
public record ModelKey(String model, Subject subject, long version) {
    private static final Pattern FORM = Pattern.compile("([^@/]+)(?:@(\\d{1,18})|(/experiment))?");

    /** What about a model. */
    public enum Subject {
        LIVE,
        VERSION,
        EXPERIMENT
    }

    /** The version that is live. */
    public static ModelKey live(String model) {
        return new ModelKey(model, Subject.LIVE, 0);
    }

    /** A version that takes part in an experiment. */
    public static ModelKey version(String model, long version) {
        return new ModelKey(model, Subject.VERSION, version);
    }

    /** The experiment with the model. */
    public static ModelKey experiment(String model) {
        return new ModelKey(model, Subject.EXPERIMENT, 0);
    }

    /** Empty when {@code key} is none. */
    public static Optional<ModelKey> parse(String key) {
        Matcher parts = FORM.matcher(key);
        if (!parts.matches()) {
            return Optional.empty();
        }
        if (parts.group(2) != null) {
            return Optional.of(version(parts.group(1), Long.parseLong(parts.group(2))));
        }
        return Optional.of(parts.group(3) != null ? experiment(parts.group(1)) : live(parts.group(1)));
    }

    @Override
    public String toString() {
        return switch (subject) {
            case LIVE -> model;
            case VERSION -> model + "@" + version;
            case EXPERIMENT -> model + "/experiment";
        };
    }
}
