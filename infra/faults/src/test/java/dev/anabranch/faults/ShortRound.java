package dev.anabranch.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A short round on real processes, run by {@code ./mvnw verify -Pfaults} once everything is built; its name keeps it out of
 * other builds. Settings: {@code -Dfaults.seed=7 -Dfaults.minutes=4 -Dfaults.port-offset=2000}.
 */
class ShortRound {
    @Test
    void nothingIsLostNothingCountsTwiceAndNoAnswerIsSilentlyWrong() throws Exception {
        Path root = Path.of("").toAbsolutePath().getParent().getParent();
        List<String> command = List.of(
                root.resolve("anabranch").toString(),
                "faults",
                "--dir",
                Path.of("target/round").toAbsolutePath().toString(),
                "--report",
                Path.of("target/round.json").toAbsolutePath().toString(),
                "--port-offset",
                System.getProperty("faults.port-offset", "2000"),
                "--seed",
                System.getProperty("faults.seed", "1"),
                "--minutes",
                System.getProperty("faults.minutes", "4"));
        Process round = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader said = round.inputReader()) {
            said.lines().forEach(System.out::println); // a test's own output is the build's to print, its JVM's is not
        }
        assertThat(round.waitFor()).as("the exit code of %s", command).isZero();
    }
}
