package dev.anabranch.view.simulation;

import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.view.Cut;
import dev.anabranch.view.KeyValues;
import dev.anabranch.view.MemoryKeyValues;
import dev.anabranch.view.Reading;
import dev.anabranch.view.ViewReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A replica of the serving layer: reads each partition of both topics at its own pace and answers from what it has. */
final class SimulatedReader {
    private final List<SimulatedTopic> batchTopics;
    private final List<SimulatedSpeed> speed;
    private final List<Partition> partitions = new ArrayList<>();
    private final Map<String, Cut> answered = new HashMap<>();

    private static final class Partition {
        private final MemoryKeyValues batch = new MemoryKeyValues();
        private final MemoryKeyValues cells = new MemoryKeyValues();
        private int batchPosition;
        private int speedPosition;
    }

    SimulatedReader(List<SimulatedTopic> batchTopics, List<SimulatedSpeed> speed) {
        this.batchTopics = batchTopics;
        this.speed = speed;
        batchTopics.forEach(topic -> partitions.add(new Partition()));
    }

    void readBatch(int which, int records) {
        int number = which % partitions.size();
        Partition partition = partitions.get(number);
        partition.batchPosition =
                read(batchTopics.get(number).records, partition.batchPosition, records, partition.batch);
    }

    void readSpeed(int which, int records) {
        int number = which % partitions.size();
        Partition partition = partitions.get(number);
        partition.speedPosition = read(speed.get(number).visible(), partition.speedPosition, records, partition.cells);
    }

    /** One partition is lost and restored from what compaction left of its topics. */
    void restart(int which) {
        int number = which % partitions.size();
        Partition fresh = new Partition();
        SimulatedTopic batchTopic = batchTopics.get(number);
        SimulatedTopic speedTopic = speed.get(number).changelog;
        read(batchTopic.compacted(), 0, Integer.MAX_VALUE, fresh.batch);
        read(speedTopic.compacted(), 0, Integer.MAX_VALUE, fresh.cells);
        fresh.batchPosition = batchTopic.records.size();
        fresh.speedPosition = speedTopic.records.size();
        partitions.set(number, fresh);
        answered.clear();
    }

    Reading<CustomerActivity> reading(int number, String entity, long atMillis) {
        Partition partition = partitions.get(number);
        return new ViewReader<>(Simulation.VIEW, partition.batch, partition.cells).read(entity, atMillis);
    }

    /** An exact answer must never know less than the one before it. */
    Optional<String> fellBack(String entity, Cut asOf) {
        Cut before = answered.put(entity, asOf);
        return before == null || asOf.covers(before)
                ? Optional.empty()
                : Optional.of("'" + entity + "' was known up to " + before + " and then only up to " + asOf);
    }

    private static int read(List<SimulatedTopic.Entry> records, int from, int howMany, KeyValues.Writable into) {
        int to = (int) Math.min(records.size(), (long) from + howMany);
        for (int i = from; i < to; i++) {
            SimulatedTopic.Entry entry = records.get(i);
            if (entry.value() == null) {
                into.delete(entry.key());
            } else {
                into.put(entry.key(), entry.value());
            }
        }
        return Math.max(from, to);
    }
}
