package dev.anabranch.broker;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogDirectoryTest {
    @TempDir
    Path directory;

    private LogDirectory log;

    @BeforeEach
    void open() {
        log = new LogDirectory(directory);
    }

    @Test
    void anEmptyOneIsAnybodys() {
        assertThatCode(() -> log.claim("4.2.2")).doesNotThrowAnyException();
    }

    @Test
    void theVersionThatWroteItGoesOnAndSoDoesANewerOne() throws IOException {
        log.claim("4.2.2");
        written();
        log.claim("4.2.2");
        log.claim("4.10.0");
    }

    @Test
    void anOlderVersionIsRefusedAndToldWhoWroteIt() throws IOException {
        log.claim("4.10.0");
        written();
        assertThatThrownBy(() -> log.claim("4.2.2"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(log.files().toString())
                .hasMessageContaining("4.10.0");
        log.claim("4.10.0"); // and nothing was changed by the refusal
    }

    @Test
    void aLogThatNobodyPutHisNameToIsRefused() throws IOException {
        written();
        assertThatThrownBy(() -> log.claim("4.2.2"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("4.3.1")
                .hasMessageContaining("--dir");
    }

    private void written() throws IOException {
        Files.createDirectories(log.files());
        Files.createFile(log.files().resolve("meta.properties"));
    }
}
