package dev.anabranch.benchmarks.archive;

import dev.anabranch.local.Problem;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;

/**
 * A process that reads the payments' topic and writes to a table of its own.
 *
 * @param name    in the report
 * @param process the process
 * @param table   its table
 * @param failure why nothing more will come of it; empty while it works. Asking may cost it CPU
 */
record Archiving(String name, ProcessHandle process, Table table, Supplier<Optional<String>> failure) {
    /** What it has spent of CPU since it began. */
    double cpuSeconds() {
        return process.info()
                        .totalCpuDuration()
                        .orElseThrow(() -> new Problem("This machine does not tell the CPU time of " + name))
                        .toNanos()
                / 1e9;
    }

    /** How many rows are committed. */
    long rows() {
        table.refresh();
        return table.currentSnapshot() == null
                ? 0
                : Long.parseLong(table.currentSnapshot().summary().get(SnapshotSummary.TOTAL_RECORDS_PROP));
    }

    void end() {
        process.destroy();
        process.onExit().join();
    }
}
