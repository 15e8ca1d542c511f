package dev.anabranch.fraud.simulator;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What a replay did. Published means acknowledged by the broker.
 *
 * @param rowsRead        rows taken from the files
 * @param transactions    transactions published
 * @param labels          labels published
 * @param labelsNotYetDue labels that would lie after the moment the replay was shifted to, and so were not published
 * @param took            how long it took
 * @param stopped         whether it was stopped before the end
 * @param problem         why the files could not be read to their end: file, line, rule and value
 */
public record ReplayResult(
        long rowsRead,
        long transactions,
        long labels,
        long labelsNotYetDue,
        Duration took,
        boolean stopped,
        Optional<String> problem) {
    /** Whether every row was read and published, with its label unless that is not yet due. */
    public boolean isComplete() {
        return !stopped && problem.isEmpty() && rowsRead == transactions && labels + labelsNotYetDue == rowsRead;
    }

    /** For a person: the counts, and what went wrong. */
    public String summary() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%,d rows read, %,d transactions and %,d labels published in %.1f s (%,.0f events/s)",
                rowsRead,
                transactions,
                labels,
                took.toNanos() / 1e9,
                (transactions + labels) * 1e9 / Math.max(1, took.toNanos())));
        if (labelsNotYetDue > 0) {
            text.append(String.format(Locale.ROOT, "; %,d labels are not yet due", labelsNotYetDue));
        }
        if (stopped) {
            text.append("; stopped before the end");
        }
        problem.ifPresent(what -> text.append("\nStopped at ").append(what));
        return text.toString();
    }
}
