package dev.anabranch.benchmarks;

import dev.anabranch.local.Problem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A contender, seen from the process that measures. */
final class ContenderProcess implements AutoCloseable {
    private static final long STOP_SECONDS = 20;

    private final String name;
    private final Path log;
    private final Process process;
    private final OutputStream to;
    private final BufferedReader from;

    /**
     * @param classPath of its JVM
     * @param flags     of its JVM
     * @param type      what does the work
     * @param arguments what its constructor takes
     * @param log       where what it says goes
     */
    ContenderProcess(
            String name,
            String classPath,
            List<String> flags,
            Class<? extends Contender> type,
            List<String> arguments,
            Path log) {
        this.name = name;
        this.log = log;
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, ContenderMain.class.getName(), type.getName()));
        command.addAll(arguments);
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new Problem("Cannot start " + name + ": " + e.getMessage(), e);
        }
        to = process.getOutputStream();
        from = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    String name() {
        return name;
    }

    /** @throws Problem when the process ended instead, or answered something else */
    Outcome round() {
        return round("");
    }

    /**
     * The same, of one that knows several pieces of work.
     *
     * @param piece which
     */
    Outcome round(String piece) {
        try {
            to.write((piece + "\n").getBytes(StandardCharsets.UTF_8));
            to.flush();
            String answer = from.readLine();
            if (answer == null || !answer.startsWith(ContenderMain.ANSWER)) {
                throw new Problem(name + " must answer with the work it did, got " + answer + "; see " + log);
            }
            String[] fields = answer.substring(ContenderMain.ANSWER.length()).split(" ");
            return new Outcome(Long.parseLong(fields[0]), Long.parseLong(fields[1]), Long.parseLong(fields[2]) / 1e9);
        } catch (IOException e) {
            throw new Problem(name + " ended in the middle of a round; see " + log, e);
        }
    }

    @Override
    public void close() {
        try {
            to.close();
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (IOException e) {
            process.destroyForcibly(); // it is gone already, or soon
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
