package dev.anabranch.benchmarks.stream;

import dev.anabranch.event.EventType;
import dev.anabranch.fraud.Transaction;

/**
 * One who reads payments, in a process of its own.
 *
 * @param name    in the table
 * @param input   the payments it reads; nobody else reads that topic
 * @param group   it commits as
 * @param process that does the work
 */
record Reader(String name, EventType<Transaction> input, String group, Process process) {
    /** Whether it takes ten times as long as the others. */
    boolean isSlow() {
        return Readers.WITH_WINDOWS.contains(name);
    }

    double cpuSeconds() {
        return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }
}
