package dev.anabranch.faults.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class VariationTest {
    @Test
    void aSettingStandsBehindThoseThatAreThereAndBeforeTheMainClass() {
        assertThat(Variation.with(List.of("java", "-Da=1", "-cp", "x.jar", "Main", "arg"), List.of("-Da=2")))
                .containsExactly("java", "-Da=1", "-Da=2", "-cp", "x.jar", "Main", "arg");
        assertThat(Variation.with(List.of("java", "-jar", "x.jar"), List.of("-Da=2")))
                .containsExactly("java", "-Da=2", "-jar", "x.jar");
    }

    @Test
    void aFolderIsFoundBeforeEverythingElse() {
        assertThat(Variation.onClassPath(List.of("java", "-cp", "x.jar", "Main"), Path.of("first")))
                .containsExactly("java", "-cp", "first" + File.pathSeparator + "x.jar", "Main");
    }

    @Test
    void withAFolderOnItsClassPathAJvmKeepsNoClassesForTheNextStart() {
        assertThat(Variation.onClassPath(
                        List.of("java", "-XX:ArchiveClassesAtExit=x.jsa", "-cp", "x.jar", "Main"), Path.of("first")))
                .containsExactly("java", "-cp", "first" + File.pathSeparator + "x.jar", "Main");
    }

    @Test
    void whatIsNoCommandOfAJvmIsRefused() {
        assertThatThrownBy(() -> Variation.with(List.of("ls"), List.of()))
                .hasMessage("A command must have -cp or -jar, got [ls]");
    }
}
