package dev.anabranch.faults.site;

import dev.anabranch.local.Home;
import dev.anabranch.local.Launch;
import dev.anabranch.local.Platform;
import dev.anabranch.local.Problem;
import dev.anabranch.local.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Stops, pauses and starts single processes, and does what supervises them in a deployment: one that ended although nobody
 * ended it is told of and started again.
 */
public final class Processes {
    /**
     * A process that ended by itself.
     *
     * @param name its name
     * @param exit its exit code
     * @param tail the end of its log
     */
    public record Ended(String name, int exit, String tail) {}

    /** A supervisor does not start the same process over and over without a pause. */
    private static final Duration BETWEEN_STARTS = Duration.ofSeconds(5);

    private final Platform platform;
    private final Home home;
    private final Map<String, Service> services;
    private final Map<String, Process> started = new HashMap<>();
    private final Map<String, Long> startedNanos = new HashMap<>();
    private final Map<String, Integer> lives = new HashMap<>();
    private final Set<String> paused = new LinkedHashSet<>();
    private final Set<String> wanted = new LinkedHashSet<>();
    private final List<Ended> ended = new ArrayList<>();

    Processes(Platform platform, Home home, Map<String, Service> services) {
        this.platform = platform;
        this.home = home;
        this.services = services;
    }

    /** From here on every process of the site is to run. */
    public synchronized void superviseAll() {
        wanted.addAll(services.keySet());
    }

    /** From here on no process is started again. */
    public synchronized void superviseNone() {
        wanted.clear();
        List.copyOf(paused).forEach(this::resume);
    }

    /** Starts what ended although it was to run. Called again and again. */
    public synchronized void supervise() {
        for (String name : List.copyOf(wanted)) {
            boolean rested = System.nanoTime() - startedNanos.getOrDefault(name, 0L) > BETWEEN_STARTS.toNanos();
            if (running(name).isEmpty() && rested) {
                Process process = started.get(name);
                int exit = process == null || process.isAlive() ? -1 : process.exitValue();
                ended.add(new Ended(name, exit, Launch.tail(home.log(name))));
                launch(services.get(name));
            }
        }
    }

    /** The processes that ended by themselves so far. */
    public synchronized List<Ended> ended() {
        return List.copyOf(ended);
    }

    public Optional<ProcessHandle> running(String name) {
        return home.pidFile(name).running();
    }

    /** @throws Problem when it does not run */
    private ProcessHandle require(String name) {
        return running(name).orElseThrow(() -> new Problem("The " + name + " must run, and does not"));
    }

    /**
     * Ends a process with SIGKILL and waits for its end; it stays ended until it is started.
     *
     * @throws Problem when it does not run
     */
    public synchronized void kill(String name) {
        wanted.remove(name);
        ProcessHandle process = require(name);
        process.destroyForcibly();
        process.onExit().join();
        paused.remove(name);
    }

    /** Ends a process with SIGTERM, as an operator would, and waits for its end. */
    public synchronized void stop(String name) {
        wanted.remove(name);
        ProcessHandle process = require(name);
        process.destroy();
        process.onExit().join();
    }

    /** Starts a process of the site as usual. */
    public synchronized void start(String name) {
        launch(services.get(name));
        wanted.add(name);
    }

    /** Starts a process in another way; it is not supervised. */
    public synchronized Process start(Service service) {
        wanted.remove(service.name());
        return launch(service);
    }

    private Process launch(Service service) {
        keepLog(service.name());
        Process process = platform.launch(service);
        started.put(service.name(), process);
        startedNanos.put(service.name(), System.nanoTime());
        return process;
    }

    /** What a process said in each of its lives, oldest first: {@code speed.1.log}, {@code speed.2.log} and so on. */
    private void keepLog(String name) {
        Path log = home.log(name);
        try {
            if (Files.exists(log)) {
                int life = lives.merge(name, 1, Integer::sum);
                Files.move(log, log.resolveSibling(name + "." + life + ".log"), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new Problem("Cannot keep " + log + ": " + e.getMessage(), e);
        }
    }

    /** SIGSTOP. */
    public synchronized void pause(String name) {
        signal("-STOP", require(name));
        paused.add(name);
    }

    /** SIGCONT; nothing happens to one that is gone. */
    public synchronized void resume(String name) {
        paused.remove(name);
        running(name).ifPresent(process -> signal("-CONT", process));
    }

    private static void signal(String signal, ProcessHandle process) {
        try {
            Process kill = new ProcessBuilder("kill", signal, String.valueOf(process.pid()))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(kill.getInputStream().readAllBytes());
            if (kill.waitFor() != 0) {
                throw new Problem("Cannot send " + signal + " to pid " + process.pid() + ": " + said.strip());
            }
        } catch (IOException e) {
            throw new Problem("Cannot run kill: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem("Interrupted", e);
        }
    }
}
