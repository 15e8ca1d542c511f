package dev.anabranch.view.simulation;

import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Following;
import dev.anabranch.view.MemoryKeyValues;
import dev.anabranch.view.Reading;
import dev.anabranch.view.ViewKeys;
import dev.anabranch.view.ViewReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A replica of the serving layer: reads each partition of both topics at its own pace and answers from what it has. */
final class SimulatedReader {
    private static final Duration WHOLE_FOR = Duration.ofMillis(Simulation.WHOLE_FOR);

    private final List<SimulatedTopic> batchTopics;
    private final List<SimulatedSpeed> speed;
    private final Set<Mutation> mutations;
    private final List<Partition> partitions = new ArrayList<>();
    private final Map<String, Cut> answered = new HashMap<>();

    /** One topic of one partition, as far as it was read. */
    private static final class Copy {
        private final MemoryKeyValues values = new MemoryKeyValues();
        private final Following following = new Following("topic", WHOLE_FOR);
        private int position;
        private boolean onceWhole;

        private void apply(SimulatedTopic.Entry entry) {
            if (entry.value() == null) {
                values.delete(entry.key());
            } else {
                values.put(entry.key(), entry.value());
            }
        }

        private void moved(int to, long now) {
            following.fetched(now);
            position = to;
            following.applied(to);
            onceWhole |= following.whyNotWhole().isEmpty();
        }

        private void ended(int end, long now) {
            following.ended(end, now);
            onceWhole |= following.whyNotWhole().isEmpty();
        }
    }

    private static final class Partition {
        private final Copy batch = new Copy();
        private final Copy cells = new Copy();
    }

    /**
     * What a query is told.
     *
     * @param notWhole why it is refused
     * @param reading  else, what is known
     */
    record Told(Optional<String> notWhole, Reading<CustomerActivity> reading) {}

    SimulatedReader(List<SimulatedTopic> batchTopics, List<SimulatedSpeed> speed, Set<Mutation> mutations) {
        this.batchTopics = batchTopics;
        this.speed = speed;
        this.mutations = mutations;
        batchTopics.forEach(topic -> partitions.add(new Partition()));
    }

    void readBatch(int which, int records, long now) {
        int number = which % partitions.size();
        Copy copy = partitions.get(number).batch;
        copy.moved(batchTopics.get(number).read(copy.position, plus(copy.position, records), copy::apply), now);
    }

    void readSpeed(int which, int records, long now) {
        int number = which % partitions.size();
        Copy copy = partitions.get(number).cells;
        copy.moved(speed.get(number).readVisible(copy.position, plus(copy.position, records), copy::apply), now);
    }

    private static int plus(int position, int records) {
        return (int) Math.min(Integer.MAX_VALUE, (long) position + records);
    }

    /** Asks where the topics end. */
    void look(long now) {
        for (int number = 0; number < partitions.size(); number++) {
            partitions.get(number).batch.ended(batchTopics.get(number).end(), now);
            partitions.get(number).cells.ended(speed.get(number).changelog.end(), now);
        }
    }

    /** One partition is lost, and begun again. */
    void restart(int which) {
        partitions.set(which % partitions.size(), new Partition());
    }

    Told ask(int number, String entity, long atMillis) {
        Partition partition = partitions.get(number);
        Optional<String> notWhole = notWhole(partition.batch).or(() -> notWhole(partition.cells));
        if (notWhole.isPresent()) {
            return new Told(notWhole, null);
        }
        return new Told(
                Optional.empty(),
                new ViewReader<>(Simulation.VIEW, partition.batch.values, partition.cells.values)
                        .read(entity, atMillis));
    }

    private Optional<String> notWhole(Copy copy) {
        if (mutations.contains(Mutation.ANSWERED_WHILE_RESTORING)
                || mutations.contains(Mutation.LAGGING_READER_TAKEN_FOR_WHOLE) && copy.onceWhole) {
            return Optional.empty();
        }
        return copy.following.whyNotWhole();
    }

    /** An exact answer must never know less than the one before it; a whole reader has every header it needs. */
    Optional<String> brokenPromise(int number, String entity, Reading<CustomerActivity> reading) {
        long generation = reading.generation();
        if (generation > 0 && partitions.get(number).batch.values.get(ViewKeys.header(generation)) == null) {
            return Optional.of("'" + entity + "' is in generation " + generation + ", which has no header");
        }
        if (!reading.exact()) {
            return Optional.empty();
        }
        Cut before = answered.put(entity, reading.asOf());
        return before == null || reading.asOf().covers(before)
                ? Optional.empty()
                : Optional.of("'" + entity + "' was known up to " + before + " and then only up to " + reading.asOf());
    }
}
