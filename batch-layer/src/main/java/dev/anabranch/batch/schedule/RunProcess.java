package dev.anabranch.batch.schedule;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** The command that starts a run as a process of its own: this JVM, this class path, these settings, Spark's flags. */
final class RunProcess {
    private static final String MAIN = "dev.anabranch.batch.BatchMain";
    private static final String SPARK_FLAGS = "spark.args";

    private final Path stateDir;
    private final String jvmOptions;
    private final Path logDir;

    RunProcess(Path stateDir, String jvmOptions, Path logDir) {
        this.stateDir = stateDir;
        this.jvmOptions = jvmOptions;
        this.logDir = logDir;
    }

    /** Starts a run; what it prints is appended to {@code <log dir>/batch-<use case>.log}. */
    Process start(String useCase) throws IOException {
        Files.createDirectories(logDir);
        return new ProcessBuilder(command(useCase))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(useCase).toFile()))
                .start();
    }

    Path log(String useCase) {
        return logDir.resolve("batch-" + useCase + ".log");
    }

    private List<String> command(String useCase) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + sparkFlags());
        for (String option : jvmOptions.split(" ")) {
            if (!option.isBlank()) {
                command.add(option);
            }
        }
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("anabranch.") && !name.startsWith("anabranch.status."))
                .sorted()
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), MAIN, "run", useCase, "--trigger", "schedule"));
        return command;
    }

    /** The flags lie in our jar; the JVM wants a file. */
    private Path sparkFlags() throws IOException {
        Path file = stateDir.resolve(SPARK_FLAGS).toAbsolutePath();
        Files.createDirectories(file.getParent());
        try (InputStream flags = RunProcess.class.getClassLoader().getResourceAsStream(SPARK_FLAGS)) {
            if (flags == null) {
                throw new IOException("The class path must have " + SPARK_FLAGS);
            }
            Files.copy(flags, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }
}
