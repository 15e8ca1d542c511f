package dev.anabranch.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With real JVMs that run this module's own command. */
class ClassArchiveTest {
    private static final String PICOCLI = Path.of(picocli.CommandLine.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .getPath())
            .toString();

    @TempDir
    Path folder;

    @Test
    void theFirstRunWritesWhatTheSecondReads() throws Exception {
        ClassArchive archive = new ClassArchive(folder);
        List<String> first = archive.arguments("command", PICOCLI);
        assertThat(first).anyMatch(argument -> argument.startsWith("-XX:ArchiveClassesAtExit="));
        run(first);

        List<String> second = archive.arguments("command", PICOCLI);
        assertThat(second).anyMatch(argument -> argument.startsWith("-XX:SharedArchiveFile="));
        List<String> checked = new ArrayList<>(second);
        checked.add("-Xshare:on"); // which ends the JVM where an archive cannot be used
        run(checked);
    }

    @Test
    void aJarThatChangedBeginsAnew() throws Exception {
        Path jar = folder.resolve("one.jar");
        Files.copy(Path.of(PICOCLI), jar);
        ClassArchive archive = new ClassArchive(folder.resolve("archives"));
        String classPath = folder + File.separator + "*";
        List<String> before = archive.arguments("command", classPath);
        assertThat(archive.arguments("command", classPath)).isEqualTo(before);

        Files.setLastModifiedTime(jar, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));

        assertThat(archive.arguments("command", classPath)).isNotEqualTo(before);
    }

    @Test
    void anArchiveWhoseWriterWasKilledIsWrittenAgain() throws Exception {
        ClassArchive archive = new ClassArchive(folder);
        String write = archive.arguments("command", PICOCLI).get(0);
        Path file = Path.of(write.substring(write.indexOf('=') + 1));
        Files.write(file, new byte[4096]); // the JVM leaves room for the header and fills it in at the end

        assertThat(archive.arguments("command", PICOCLI).get(0)).isEqualTo(write);
    }

    private static void run(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Distribution.java()));
        command.addAll(arguments);
        command.addAll(List.of("-cp", PICOCLI, "picocli.AutoComplete", "--help"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(printed).isZero();
    }
}
