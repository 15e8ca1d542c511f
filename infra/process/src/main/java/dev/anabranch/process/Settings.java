package dev.anabranch.process;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.ArrayList;
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
        try {
            SmallRyeConfig config = new SmallRyeConfigBuilder()
                    .addDefaultSources()
                    .addDefaultInterceptors()
                    .addDiscoveredConverters()
                    .withMapping(mapping)
                    .withValidateUnknown(false)
                    .build();
            return config.getConfigMapping(mapping);
        } catch (ConfigValidationException e) {
            List<String> problems = new ArrayList<>();
            for (int i = 0; i < e.getProblemCount(); i++) {
                problems.add(e.getProblem(i).getMessage());
            }
            throw new IllegalArgumentException("Settings are wrong:\n  " + String.join("\n  ", problems), e);
        }
    }
}
