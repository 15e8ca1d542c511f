package dev.anabranch.local;

import dev.anabranch.process.Room;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * The processes of one platform: starts those that do not run, waits until they are ready, stops all of them.
 *
 * <p>Processes are known by their pid files, so one command may start them and another stop them. One that dies is
 * reported and left dead: restarting is the business of whatever runs the platform in earnest, and a process that comes
 * back by itself would hide why it went.
 */
public final class Platform {
    private static final long POLL_MILLIS = 200;

    private final Home home;
    private final List<Service> services;
    private final List<TopicSpec> topics;
    private final Duration readyWithin;
    private final Duration stopWithin;
    private final PrintWriter out;
    private final Map<String, Process> children = new LinkedHashMap<>();
    private final Set<String> passing = new LinkedHashSet<>();
    private boolean stopping;

    /**
     * @param services the broker first
     * @param out      where progress is told
     */
    public Platform(Home home, List<Service> services, List<TopicSpec> topics, LocalConfig config, PrintWriter out) {
        this.home = home;
        this.services = services;
        this.topics = topics;
        this.readyWithin = Duration.ofSeconds(config.readySeconds());
        this.stopWithin = Duration.ofSeconds(config.stopSeconds());
        this.out = out;
    }

    /**
     * How one process is doing.
     *
     * @param process its handle, empty when it does not run
     * @param missing what it still waits for, empty when it is ready
     * @param rssKib  what it holds of memory, empty when unknown
     */
    public record Status(
            Service service, Optional<ProcessHandle> process, Optional<String> missing, OptionalLong rssKib) {
        public boolean ready() {
            return process.isPresent() && missing.isEmpty();
        }
    }

    /**
     * Starts what does not run yet and waits until all of it is ready.
     *
     * @return the names of the processes started
     * @throws Problem when a port is in use, or a process ends or is not ready in time
     */
    public List<String> start() {
        List<Service> missing = services.stream()
                .filter(s -> home.pidFile(s.name()).running().isEmpty())
                .toList();
        home.create();
        Service broker = services.get(0);
        if (missing.contains(broker)) {
            launch(broker);
            awaitReady(List.of(broker));
        }
        createTopics(broker);
        List<Service> layers = missing.stream().filter(s -> s != broker).toList();
        layers.forEach(this::launch);
        awaitReady(layers);
        return missing.stream().map(Service::name).toList();
    }

    /** The ports that {@link #start} is going to bind. */
    public List<String> portsToBind() {
        return services.stream()
                .filter(s -> home.pidFile(s.name()).running().isEmpty())
                .flatMap(s -> s.ports().stream())
                .toList();
    }

    /** Whether any of its processes runs already. */
    public boolean someRun() {
        return services.stream().anyMatch(s -> home.pidFile(s.name()).running().isPresent());
    }

    /**
     * Starts one process that does not run, without waiting until it is ready; it need not be one of those this platform
     * was made of, and is stopped with them.
     */
    public synchronized Process launch(Service service) {
        if (stopping) {
            throw new Problem("Stopped before " + service.name() + " was started");
        }
        Path log = home.log(service.name());
        Process process = service.name().equals(Services.SCHEDULER)
                ? Launch.givingWay(service.command(), log) // and with it the runs that it starts
                : Launch.inBackground(service.command(), log);
        children.put(service.name(), process);
        home.pidFile(service.name()).write(process.toHandle());
        return process;
    }

    /**
     * Runs a process that ends by itself beside the others, and waits for its end; stopped with them if need be.
     *
     * @param name its log and its pid file
     */
    public Process runToEnd(List<String> command, String name) throws InterruptedException {
        Process process;
        synchronized (this) {
            if (stopping) {
                throw new Problem("Stopped before " + name + " was started");
            }
            process = Launch.givingWay(command, home.log(name));
            home.pidFile(name).write(process.toHandle());
            passing.add(name);
        }
        process.waitFor();
        synchronized (this) {
            passing.remove(name);
            if (!stopping) {
                home.pidFile(name).delete();
            }
        }
        return process;
    }

    private void createTopics(Service broker) {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.address()))) {
            List<String> created = new TopicSetup(admin, 1).create(topics);
            if (!created.isEmpty()) {
                out.println("  topics      " + created.size() + " created");
                out.flush();
            }
        }
    }

    private void awaitReady(List<Service> starting) {
        long start = System.nanoTime();
        Map<Service, String> waiting = new LinkedHashMap<>();
        starting.forEach(service -> waiting.put(service, "not asked yet"));
        while (!waiting.isEmpty()) {
            for (Service service : List.copyOf(waiting.keySet())) {
                requireAlive(service);
                Optional<String> missing = service.readiness().missing();
                if (missing.isEmpty()) {
                    waiting.remove(service);
                    double seconds = (System.nanoTime() - start) / 1e9;
                    out.printf("  %-11s %s  ready after %.1f s%n", service.name(), service.address(), seconds);
                    out.flush();
                } else {
                    waiting.put(service, missing.get());
                }
            }
            if (!waiting.isEmpty() && System.nanoTime() - start > readyWithin.toNanos()) {
                Service late = waiting.keySet().iterator().next();
                throw new Problem("The " + late.name() + " must be ready within " + readyWithin.toSeconds()
                        + " s, still waiting for: " + waiting.get(late) + "\n" + Launch.tail(home.log(late.name()))
                        + "\n  all of it: " + home.log(late.name())
                        + "\n  on a slow machine: ANABRANCH_LOCAL_READY_SECONDS=600");
            }
            pause();
        }
    }

    private void requireAlive(Service service) {
        Process process = children.get(service.name());
        if (!process.isAlive()) {
            throw new Problem(ended(service, process));
        }
    }

    private String ended(Service service, Process process) {
        return "The " + service.name() + " ended with exit code " + process.exitValue() + "\n"
                + Launch.tail(home.log(service.name())) + "\n  all of it: " + home.log(service.name())
                + Room.lackingAt(home.directory()).map(what -> "\n  " + what).orElse("");
    }

    /** How each process is doing, now. */
    public List<Status> status() {
        List<Status> all = new ArrayList<>();
        for (Service service : services) {
            Optional<ProcessHandle> process = home.pidFile(service.name()).running();
            Optional<String> missing = process.isPresent() ? service.readiness().missing() : Optional.of("not running");
            OptionalLong rss =
                    process.map(p -> ResidentMemory.ofProcess(p.pid())).orElse(OptionalLong.empty());
            all.add(new Status(service, process, missing, rss));
        }
        return all;
    }

    /** Returns when nothing is left to watch: reports each process this one started that ends before it is told to. */
    public void watch() {
        Map<String, Process> alive = new LinkedHashMap<>(children);
        while (!alive.isEmpty()) {
            for (Service service : services) {
                Process process = alive.get(service.name());
                if (process != null && !process.isAlive()) {
                    alive.remove(service.name());
                    report(service, process);
                }
            }
            pause();
        }
    }

    /**
     * Waits until a process this one started ends before it is told to.
     *
     * @param over asked now and then whether it need not be known any more
     * @return how it ended; empty when they were told to, or it is over
     */
    Optional<String> firstToEnd(BooleanSupplier over) {
        while (!over.getAsBoolean()) {
            synchronized (this) {
                if (stopping) {
                    return Optional.empty();
                }
                for (Service service : services) {
                    Process process = children.get(service.name());
                    if (process != null && !process.isAlive()) {
                        return Optional.of(ended(service, process));
                    }
                }
            }
            pause();
        }
        return Optional.empty();
    }

    private synchronized void report(Service service, Process process) {
        if (!stopping) {
            out.println(ended(service, process));
            out.println("  The rest goes on. To start it again: Ctrl-C, then ./anabranch up; the data stays.");
            out.flush();
        }
    }

    /** Stops the processes this one started, and leaves those that ran before. */
    public int stopStarted() {
        List<String> started;
        synchronized (this) {
            stopping = true; // from here on nothing is launched
            started = new ArrayList<>(children.keySet());
            started.addAll(passing);
        }
        return stopInOrder(started);
    }

    /**
     * Stops all processes of this home, whoever started them.
     *
     * @return how many were stopped
     */
    public int stopAll() {
        Set<String> all = new LinkedHashSet<>(home.processes());
        services.forEach(service -> all.add(service.name()));
        return stopInOrder(all);
    }

    /** The layers together and then the broker, so that they can still commit. */
    private int stopInOrder(Collection<String> names) {
        String broker = services.get(0).name();
        int others = stop(names.stream().filter(name -> !name.equals(broker)).toList());
        return others + stop(names.stream().filter(name -> name.equals(broker)).toList());
    }

    private int stop(List<String> together) {
        Map<String, ProcessHandle> running = new LinkedHashMap<>();
        List<ProcessHandle> descendants = new ArrayList<>();
        for (String name : together) {
            home.pidFile(name).running().ifPresent(process -> {
                running.put(name, process);
                process.descendants().forEach(descendants::add); // such as a batch run of the scheduler
            });
        }
        running.values().forEach(ProcessHandle::destroy);
        long deadline = System.nanoTime() + stopWithin.toNanos();
        running.forEach((name, process) -> {
            if (!endsBefore(process, deadline)) {
                out.println("  " + name + " (pid " + process.pid() + ") did not stop within " + stopWithin.toSeconds()
                        + " s and was killed");
                process.destroyForcibly();
                process.onExit().join();
            }
        });
        for (ProcessHandle descendant : descendants) {
            if (descendant.isAlive() && !endsBefore(descendant, deadline)) {
                out.println("  pid " + descendant.pid() + " outlived its parent and was killed");
                descendant.destroyForcibly();
            }
        }
        together.forEach(name -> home.pidFile(name).delete());
        out.flush();
        return running.size();
    }

    private static boolean endsBefore(ProcessHandle process, long deadline) {
        try {
            process.onExit().get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("Waiting for a process cannot fail", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem("Interrupted", e);
        }
    }
}
