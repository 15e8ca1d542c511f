package dev.anabranch.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class GivingWayTest {
    @Test
    void aCommandRunsFiveStepsBelowUsAsOneProcess() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/nice")), "there is no nice(1) here");

        Process ours = new ProcessBuilder("nice").start();
        Process theirs = new ProcessBuilder(GivingWay.command(List.of("sh", "-c", "nice; echo $$"))).start();

        int our = Integer.parseInt(read(ours).strip());
        String[] told = read(theirs).split("\\s+");
        assertThat(Integer.parseInt(told[0])).isEqualTo(Math.min(19, our + 5));
        assertThat(Long.parseLong(told[1])).isEqualTo(theirs.pid());
    }

    private static String read(Process process) throws Exception {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
