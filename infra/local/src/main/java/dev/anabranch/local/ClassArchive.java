package dev.anabranch.local;

import dev.anabranch.model.Sha256;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The classes a process loaded last time, parsed and verified (a dynamic CDS archive of the JVM): the next start takes them
 * from there. A process that finds none writes one when it stops.
 *
 * <p>An archive belongs to one JVM and one class path, to the byte: its name says which, so that after a build or an upgrade
 * there is none, and never a wrong one. The JVM writes its header last and rejects one without.
 *
 * @param directory where archives are kept, with the build they belong to
 */
record ClassArchive(Path directory) {
    private static final int HEADER = 8;

    /**
     * The arguments that let a JVM read its archive, or else write it.
     *
     * @param process   what it is called
     * @param classPath as the JVM takes it; {@code dir/*} stands for the jars in a directory
     */
    List<String> arguments(String process, String classPath) {
        try {
            Path archive = directory.resolve(process + "-" + fingerprint(classPath) + ".jsa");
            if (isWhole(archive)) {
                return List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:auto");
            }
            Files.createDirectories(directory);
            deleteOlder(process);
            return List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:cds*=off");
        } catch (IOException e) {
            return List.of(); // a slower start, as it was the first time
        }
    }

    /** Those of builds that are gone; who still runs with one keeps it open. */
    private void deleteOlder(String process) throws IOException {
        try (DirectoryStream<Path> older = Files.newDirectoryStream(directory, process + "-*.jsa")) {
            for (Path each : older) {
                Files.delete(each);
            }
        }
    }

    private static boolean isWhole(Path archive) throws IOException {
        if (!Files.isRegularFile(archive)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(archive)) {
            byte[] header = in.readNBytes(HEADER);
            for (byte each : header) {
                if (each != 0) {
                    return true;
                }
            }
            return false;
        }
    }

    private static String fingerprint(String classPath) throws IOException {
        StringBuilder seen = new StringBuilder();
        seen.append(System.getProperty("java.home")).append(' ').append(System.getProperty("java.vm.version"));
        for (Path jar : jars(classPath)) {
            seen.append('\n').append(jar).append(' ').append(Files.size(jar));
            seen.append(' ').append(Files.getLastModifiedTime(jar).toMillis());
        }
        return Sha256.of(seen.toString().getBytes(StandardCharsets.UTF_8)).substring(0, 16);
    }

    private static List<Path> jars(String classPath) throws IOException {
        List<Path> jars = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator)) {
            if (entry.endsWith(File.separator + "*")) {
                try (Stream<Path> files = Files.list(Path.of(entry).getParent())) {
                    files.filter(file -> file.toString().endsWith(".jar"))
                            .sorted()
                            .forEach(jars::add);
                }
            } else {
                jars.add(Path.of(entry));
            }
        }
        return jars;
    }
}
