package dev.anabranch.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SettingsTest {
    @ConfigMapping(prefix = "settings-test")
    interface Example {
        String needed();

        int number();

        @WithDefault("PT1S")
        Duration span();
    }

    @AfterEach
    void forget() {
        System.clearProperty("settings-test.needed");
        System.clearProperty("settings-test.number");
        System.clearProperty("settings-test.nubmer");
        System.clearProperty("anabranch.settings-test.password");
    }

    @Test
    void valuesComeFromSystemPropertiesAndDefaults() {
        System.setProperty("settings-test.needed", "here");
        System.setProperty("settings-test.number", "3");
        Example example = Settings.read(Example.class);
        assertThat(example.needed()).isEqualTo("here");
        assertThat(example.number()).isEqualTo(3);
        assertThat(example.span()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void allProblemsAreNamedAtOnce() {
        System.setProperty("settings-test.number", "three");
        assertThatThrownBy(() -> Settings.read(Example.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("settings-test.needed")
                .hasMessageContaining("settings-test.number");
    }

    @Test
    void aSettingThatNobodyKnowsIsRefusedWhereThePrefixIsOfOneMappingAlone() {
        System.setProperty("settings-test.needed", "here");
        System.setProperty("settings-test.number", "3");
        System.setProperty("settings-test.nubmer", "4");
        assertThat(Settings.read(Example.class).number()).isEqualTo(3);
        assertThatThrownBy(() -> Settings.readAllOf(Example.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("settings-test.nubmer");
    }

    @Test
    void aSettingThatIsThereAndEmptyIsAMistakeThatIsNamed() {
        System.setProperty("settings-test.needed", "here");
        System.setProperty("settings-test.number", "3");
        System.setProperty("anabranch.settings-test.password", " ");
        assertThatThrownBy(() -> Settings.read(Example.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "anabranch.settings-test.password must have a value or not be set at all, is empty in SysProp");
    }
}
