package dev.anabranch.speed;

import dev.anabranch.process.Settings;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How the model of a use case learns as labels arrive: {@code anabranch.<use case>.learning.*}. */
@ConfigMapping
public interface LearningSettings {
    /**
     * Whether it does. Where not, no features are kept for labels to come and nothing is learnt; what comes later is not
     * learnt from predictions that were made meanwhile.
     */
    @WithDefault("true")
    boolean enabled();

    /** After how many labels it is published, so that it may become a version. */
    @WithDefault("1000")
    int publishEvery();

    /** @throws IllegalArgumentException when values are wrong or not known, naming them */
    static LearningSettings read(String useCase) {
        String prefix = "anabranch." + useCase + ".learning";
        LearningSettings settings = Settings.readAllOf(LearningSettings.class, prefix);
        if (settings.publishEvery() < 1) {
            throw new IllegalArgumentException(
                    prefix + ".publish-every must be 1 or more, got " + settings.publishEvery());
        }
        return settings;
    }
}
