package dev.anabranch.local;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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

    /** The arguments that run the serving layer, from its jar on. */
    public List<String> serving() {
        return List.of(
                "-jar",
                built(root.resolve("serving-layer/target/quarkus-app/quarkus-run.jar"))
                        .toString());
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
