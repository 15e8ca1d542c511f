package dev.anabranch.faults.load;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of every event: sent, acknowledged at a position, found in the log at a position. An acknowledged event must
 * stand where Kafka said it stands. Thread safe.
 */
public final class Ledger {
    private static final int NONE = -1;

    /** Stands for the number of a record that is no event: it must be refused. */
    static final int NO_EVENT = -2;

    private final Map<Integer, Column> acknowledged = new TreeMap<>();
    private final Map<Integer, Column> logged = new TreeMap<>();
    private final Map<Integer, Column> times = new TreeMap<>();
    private final Map<Integer, BitSet> refused = new TreeMap<>();
    private long sent;
    private long acknowledgements;
    private long unanswered;
    private long followUpsLost;
    private volatile Acknowledged newest;

    /** An acknowledged event. */
    public record Acknowledged(long number, int partition, long offset, long atNanos) {}

    /**
     * What became of the events.
     *
     * @param sent         how often an event was handed to the platform, repetitions included
     * @param acknowledged how many of these it acknowledged
     * @param unanswered   how many it did not: whether they are in the log is not known
     * @param logged       events in the log
     * @param refused      records in the log that are no events
     * @param lost         acknowledged ones that do not stand in the log where they were said to
     * @param unasked      records in the log beyond those that were sent
     */
    public record Balance(
            long sent, long acknowledged, long unanswered, long logged, long refused, long lost, long unasked) {}

    /** A growing column of numbers, by offset. */
    private static final class Column {
        private long[] values = new long[0];
        private int end;

        void put(int at, long value) {
            if (at >= values.length) {
                int before = values.length;
                values = Arrays.copyOf(values, Math.max(at + 1, Math.max(1024, before + before / 2)));
                Arrays.fill(values, before, values.length, NONE);
            }
            values[at] = value;
            end = Math.max(end, at + 1);
        }

        long get(int at) {
            return at < values.length ? values[at] : NONE;
        }
    }

    public synchronized void sent() {
        sent++;
    }

    public synchronized void acknowledged(long number, int partition, long offset) {
        acknowledgements++;
        acknowledged.computeIfAbsent(partition, p -> new Column()).put(Math.toIntExact(offset), number);
        newest = new Acknowledged(number, partition, offset, System.nanoTime());
    }

    public synchronized void unanswered() {
        unanswered++;
    }

    /** What followed from an event could not be handed over; nothing is claimed of it. */
    public synchronized void followUpLost() {
        followUpsLost++;
    }

    public synchronized long followUpsLost() {
        return followUpsLost;
    }

    /** The event acknowledged last; null when there is none. */
    public Acknowledged newest() {
        return newest;
    }

    /** An event was found in the log. */
    public synchronized void logged(long number, int partition, long offset, long timeMillis) {
        logged.computeIfAbsent(partition, p -> new Column()).put(Math.toIntExact(offset), number);
        times.computeIfAbsent(partition, p -> new Column()).put(Math.toIntExact(offset), timeMillis);
    }

    /** A record was found in the log that is no event. */
    public synchronized void refused(int partition, long offset) {
        refused.computeIfAbsent(partition, p -> new BitSet()).set(Math.toIntExact(offset));
    }

    /** The offsets of the events in one partition of the log. */
    public synchronized BitSet offsets(int partition) {
        BitSet offsets = new BitSet();
        Column column = logged.get(partition);
        for (int at = 0; column != null && at < column.end; at++) {
            offsets.set(at, column.get(at) != NONE);
        }
        return offsets;
    }

    /** The offsets of the records in one partition of the log that are no events. */
    public synchronized BitSet refusedOffsets(int partition) {
        return (BitSet) refused.getOrDefault(partition, new BitSet()).clone();
    }

    /** How many events in the log happened from {@code fromMillis} on, before {@code toMillis}. */
    public synchronized long loggedBetween(long fromMillis, long toMillis) {
        long count = 0;
        for (Column column : times.values()) {
            for (int at = 0; at < column.end; at++) {
                long time = column.get(at);
                if (time >= fromMillis && time < toMillis) {
                    count++;
                }
            }
        }
        return count;
    }

    public synchronized long sentSoFar() {
        return sent;
    }

    public synchronized Balance balance() {
        long lost = 0;
        long inLog = 0;
        long refusedInLog = 0;
        for (Map.Entry<Integer, Column> partition : acknowledged.entrySet()) {
            Column found = logged.get(partition.getKey());
            BitSet noEvents = refused.getOrDefault(partition.getKey(), new BitSet());
            Column told = partition.getValue();
            for (int at = 0; at < told.end; at++) {
                long number = told.get(at);
                boolean there = number == NONE
                        || (number == NO_EVENT ? noEvents.get(at) : found != null && found.get(at) == number);
                if (!there) {
                    lost++;
                }
            }
        }
        for (int partition : logged.keySet()) {
            inLog += offsets(partition).cardinality();
        }
        for (BitSet one : refused.values()) {
            refusedInLog += one.cardinality();
        }
        long unasked = Math.max(0, inLog + refusedInLog - sent);
        return new Balance(sent, acknowledgements, unanswered, inLog, refusedInLog, lost, unasked);
    }
}
