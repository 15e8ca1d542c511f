package dev.anabranch.local;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The built repository: where the jars of each layer lie.
 *
 * @param root the repository
 */
public record Distribution(Path root) {
    /** The repository the command was started from, as its script says. */
    public static Distribution ofThisCommand() {
        return new Distribution(Path.of(System.getProperty("anabranch.root", ""))
                .toAbsolutePath()
                .normalize());
    }

    /** The java of the JDK that runs this command. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The class path this command itself runs on. */
    public static String ownClassPath() {
        return System.getProperty("java.class.path");
    }

    /** The class path of a module that is a process: its jar and everything beside it. */
    public String classPath(String module, String artifact) {
        Path target = root.resolve(module).resolve("target");
        Path jar = built(target.resolve(artifact + ".jar"));
        return jar + File.pathSeparator + target.resolve("lib") + File.separator + "*";
    }

    /**
     * What the serving layer is made of, in the order that lets the classes Quarkus wrote or rewrote at build time come
     * first. All of it lies flat on the JVM's own class path: classes that Quarkus' class loader loads from
     * {@code quarkus-run.jar} cannot be kept for the next start.
     */
    public String servingClassPath() {
        Path app = built(root.resolve("serving-layer/target/quarkus-app"));
        return Stream.of("quarkus", "app", "lib/boot", "lib/main")
                .map(part -> app.resolve(part) + File.separator + "*")
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Where the processes keep the classes they loaded, for their next start; gone with the build. */
    ClassArchive classArchive() {
        return new ClassArchive(root.resolve("infra/local/target/class-archives"));
    }

    /** The argument that gives a JVM what Spark needs from it. */
    public String sparkFlags() {
        return "@" + built(root.resolve("batch-layer/src/main/jvm/spark.args"));
    }

    private Path built(Path file) {
        if (!Files.exists(file)) {
            throw new Problem("Not built: " + file + " is missing; run ./mvnw -DskipTests package in " + root);
        }
        return file;
    }
}
