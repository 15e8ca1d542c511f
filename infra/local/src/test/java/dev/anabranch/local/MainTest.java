package dev.anabranch.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "up",
                "down",
                "status",
                "demo",
                "replay",
                "batch",
                "evaluate",
                "explain",
                "topics",
                "verify",
                "prepare",
                "simulate"
            })
    void everyCommandSaysWhatItTakes(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString()).startsWith("Usage: anabranch " + command);
    }

    @Test
    void withoutACommandItSaysWhichThereAre() {
        assertThat(run()).isZero();
        assertThat(out.toString()).contains("up", "down", "status", "Begin with: anabranch demo");
    }

    @Test
    void aDeploymentThatDoesNotAnswerIsNotRunning() {
        assertThat(run("--url", "http://127.0.0.1:9", "status", "--dir", directory.toString()))
                .isEqualTo(3);
        assertThat(out.toString()).startsWith("http://127.0.0.1:9/v1/status must answer: ");
    }

    @Test
    void aCommandAboutThisMachineRefusesADeployment() {
        assertThat(run("up", "--url", "http://127.0.0.1:9", "--dir", directory.toString()))
                .isEqualTo(1);
        assertThat(err.toString())
                .startsWith(
                        "anabranch: --url goes with status, models, runs, verify and replay; up is about a platform on this machine");
    }

    @Test
    void verifyingADeploymentNeedsToKnowItsArchive() {
        assertThat(run("verify", "--url", "http://127.0.0.1:9", "--dir", directory.toString()))
                .isEqualTo(1);
        assertThat(err.toString())
                .startsWith(
                        "anabranch: anabranch.catalog.uri must say where the deployment's archive is, got jdbc:sqlite:");
    }

    @Test
    void preparingNamesTheSettingOfABrokerThatDoesNotAnswer() {
        System.setProperty("anabranch.kafka.bootstrap-servers", "127.0.0.1:9");
        System.setProperty("anabranch.kafka.start-wait", "PT0.1S");
        try {
            assertThat(run("prepare", "--dir", directory.toString())).isEqualTo(1);
            assertThat(err.toString())
                    .startsWith("anabranch: Kafka must answer at 127.0.0.1:9 within 0 s: ")
                    .contains("(anabranch.kafka.bootstrap-servers)");
        } finally {
            System.clearProperty("anabranch.kafka.bootstrap-servers");
            System.clearProperty("anabranch.kafka.start-wait");
        }
    }

    @Test
    void anUnknownOptionIsOneLineAndWhereToLook() {
        assertThat(run("up", "--fast")).isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly("anabranch: Unknown option: '--fast'", "  anabranch up --help says what it takes");
    }

    @Test
    void theStatusOfWhatWasNeverStartedIsNotRunning() {
        assertThat(run("status", "--dir", directory.toString())).isEqualTo(3);
        assertThat(out.toString()).isEqualToIgnoringNewLines("No platform has been started in " + directory + ".");
    }

    @Test
    void whatNeedsAPlatformSaysHowToStartOne() {
        assertThat(run("batch", "fraud", "--dir", directory.toString())).isEqualTo(1);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines(
                        "anabranch: No platform has been started in " + directory + "; start one with ./anabranch up");
    }

    @Test
    void theStackTraceOfAnErrorIsInTheLogWhenAskedFor() throws Exception {
        assertThat(run("batch", "fraud", "--verbose", "--dir", directory.toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("  stack trace: " + directory.resolve("logs/anabranch.log"));
    }

    @Test
    void stoppingWhatDoesNotRunIsDone() {
        assertThat(run("down", "--dir", directory.toString())).isZero();
        assertThat(out.toString()).contains("Nothing was running in " + directory);
    }

    @Test
    void wipingLeavesWhatIsNotThePlatforms() throws Exception {
        Path own = Files.writeString(
                Files.createDirectories(directory.resolve("notes")).resolve("mine.txt"), "kept");
        Files.createDirectories(directory.resolve("broker/log"));
        assertThat(run("down", "--wipe", "--dir", directory.toString())).isZero();
        assertThat(own).exists();
        assertThat(directory.resolve("broker")).doesNotExist();
    }

    private int run(String... args) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(args);
    }
}
