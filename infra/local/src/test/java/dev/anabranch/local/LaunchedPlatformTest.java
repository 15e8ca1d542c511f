package dev.anabranch.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.process.Settings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchedPlatformTest {
    @TempDir
    private Path directory;

    private Service service;
    private Platform platform;
    private LaunchedPlatform launched;

    @BeforeEach
    void prepare() {
        Home home = new Home(directory);
        service = new Service("layer", List.of(), "", List.of("sleep", "600"), Optional::empty);
        PrintWriter out = new PrintWriter(new StringWriter());
        platform = new Platform(home, List.of(service), List.of(), Settings.read(LocalConfig.class), out);
        launched = new LaunchedPlatform(home, platform, Ownership.take(home).orElseThrow(), out);
    }

    @Test
    void workIsInterruptedWhenAProcessEndsByItself() {
        Process layer = platform.launch(service);
        assertThatThrownBy(() -> launched.whileAllRun(() -> {
                    layer.destroyForcibly();
                    new CountDownLatch(1).await();
                    return null;
                }))
                .isInstanceOf(Problem.class)
                .hasMessageStartingWith("The layer ended with exit code 137")
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void workThatFailsByItselfFailsAsItDid() {
        platform.launch(service);
        assertThatThrownBy(() -> launched.whileAllRun(() -> {
                    throw new Problem("of its own");
                }))
                .hasMessage("of its own");
        platform.stopAll();
    }

    @Test
    void workIsDoneWhileAllRun() throws Exception {
        platform.launch(service);
        assertThat(launched.<Integer>whileAllRun(() -> 7)).isEqualTo(7);
        platform.stopAll();
    }
}
