package dev.anabranch.benchmarks.stream;

import dev.anabranch.event.EventType;
import dev.anabranch.fraud.Transaction;
import java.util.function.Supplier;

/** One who reads payments, in a process of its own. */
final class Reader {
    private final String name;
    private final EventType<Transaction> input;
    private final String group;
    private final Supplier<Process> launch;
    private Process process;

    /**
     * @param name   in the table
     * @param input  the payments it reads; nobody else reads that topic
     * @param group  it commits as
     * @param launch its process
     */
    Reader(String name, EventType<Transaction> input, String group, Supplier<Process> launch) {
        this.name = name;
        this.input = input;
        this.group = group;
        this.launch = launch;
        process = launch.get();
    }

    String name() {
        return name;
    }

    EventType<Transaction> input() {
        return input;
    }

    String group() {
        return group;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Whether it takes ten times as long as the others. */
    boolean isSlow() {
        return Readers.WITH_WINDOWS.contains(name);
    }

    /** What the process spent since it was started last. */
    double cpuSeconds() {
        return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    /** Ends it with SIGKILL. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Starts it again once it was killed. */
    void startAgain() {
        process = launch.get();
    }
}
