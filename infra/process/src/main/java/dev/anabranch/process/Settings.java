package dev.anabranch.process;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Reads settings into a {@link ConfigMapping} interface: system properties over environment variables over
 * {@code application.properties} on the class path, as MicroProfile Config has it.
 */
public final class Settings {
    private Settings() {}

    /**
     * @throws IllegalArgumentException when values are missing or wrong, naming all of them at once
     */
    public static <T> T read(Class<T> mapping) {
        return read(mapping, prefix(mapping), false);
    }

    /**
     * The same of a mapping that has its prefix for itself: a setting below it that it does not know is refused, since whoever
     * set it believes that it does something. Not so an environment variable: which setting it means cannot be told from its name.
     *
     * @throws IllegalArgumentException when values are missing, wrong or not known, naming all of them at once
     */
    public static <T> T readAllOf(Class<T> mapping) {
        return read(mapping, prefix(mapping), true);
    }

    /**
     * The same of a mapping whose prefix is known only now: that of a use case, say.
     *
     * @throws IllegalArgumentException when values are missing, wrong or not known, naming all of them at once
     */
    public static <T> T readAllOf(Class<T> mapping, String prefix) {
        return read(mapping, prefix, true);
    }

    private static String prefix(Class<?> mapping) {
        return mapping.getAnnotation(ConfigMapping.class).prefix();
    }

    private static <T> T read(Class<T> mapping, String prefix, boolean all) {
        try {
            SmallRyeConfig config = new SmallRyeConfigBuilder()
                    .addDefaultSources()
                    .addDefaultInterceptors()
                    .addDiscoveredConverters()
                    .withMapping(mapping, prefix)
                    .withValidateUnknown(all)
                    .build();
            requireValues(config);
            return config.getConfigMapping(mapping, prefix);
        } catch (ConfigValidationException e) {
            List<String> problems = new ArrayList<>();
            for (int i = 0; i < e.getProblemCount(); i++) {
                problems.add(e.getProblem(i).getMessage());
            }
            throw new IllegalArgumentException("Settings are wrong:\n  " + String.join("\n  ", problems), e);
        }
    }

    /**
     * A setting of ours that is there and empty is a mistake, a variable that nobody filled in: not the same as one that is
     * not there.
     *
     * @throws IllegalArgumentException when there are any, naming all of them
     */
    public static void requireValues(SmallRyeConfig config) {
        List<String> empty = new ArrayList<>();
        for (String name : config.getPropertyNames()) {
            ConfigValue value = config.getConfigValue(name);
            if (name.startsWith("anabranch.")
                    && value.getRawValue() != null
                    && value.getRawValue().isBlank()) {
                empty.add(name + " must have a value or not be set at all, is empty in " + value.getConfigSourceName());
            }
        }
        if (!empty.isEmpty()) {
            Collections.sort(empty);
            throw new IllegalArgumentException("Settings are wrong:\n  " + String.join("\n  ", empty));
        }
    }
}
