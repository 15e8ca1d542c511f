package dev.anabranch.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** How much memory a process holds. */
public final class ResidentMemory {
    private ResidentMemory() {}

    /** In KiB; empty when the system does not say. */
    public static OptionalLong ofProcess(long pid) {
        Path status = Path.of("/proc", String.valueOf(pid), "status");
        try {
            if (Files.exists(status)) {
                return Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst();
            }
            Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", String.valueOf(pid)).start();
            String said = new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return said.matches("\\d+") ? OptionalLong.of(Long.parseLong(said)) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty(); // it has just ended, or there is no ps
        }
    }
}
