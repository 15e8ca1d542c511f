package dev.anabranch.view.simulation;

import dev.anabranch.contract.BatchFooter;
import dev.anabranch.contract.BatchHeader;
import dev.anabranch.contract.Wire;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.view.Contribution;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.KeyValues;
import dev.anabranch.view.MemoryKeyValues;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.SpeedWriter;
import dev.anabranch.view.ViewKeys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The task that keeps one partition of the speed view: state, its changelog, and transactions that may abort. */
final class SimulatedSpeed {
    /** An event as it comes out of the repartition. */
    record Arrival(Origin channel, Contribution<CustomerActivity> contribution, Position position) {}

    private final int partition;
    private final SimulatedTopic batchTopic;
    private final Set<Mutation> mutations;
    private final SimulatedClock clock;
    private final Map<Origin, List<Arrival>> channels = new TreeMap<>();
    final SimulatedTopic changelog = new SimulatedTopic();
    private final List<SimulatedTopic.Entry> uncommitted = new ArrayList<>();
    private Map<Origin, Integer> committedPositions = new TreeMap<>();
    private int committedBatchPosition;
    private Instance active = new Instance();
    private Instance paused;

    SimulatedSpeed(int partition, SimulatedTopic batchTopic, Set<Mutation> mutations, SimulatedClock clock) {
        this.partition = partition;
        this.batchTopic = batchTopic;
        this.mutations = mutations;
        this.clock = clock;
    }

    void arrive(Arrival arrival) {
        channels.computeIfAbsent(arrival.channel(), o -> new ArrayList<>()).add(arrival);
    }

    /** Takes in up to so many records of one of its inputs. */
    void step(int choice, int records) {
        active.step(choice, records);
    }

    void commit() {
        active.commit();
    }

    /** The instance dies; what it had not committed is aborted, and another one restores from the changelog. */
    void crash() {
        if (mutations.contains(Mutation.AT_LEAST_ONCE)) {
            active.pending.forEach(entry -> changelog.append(entry.key(), entry.value(), clock.now()));
        }
        active.pending.clear();
        uncommitted.clear();
        active = new Instance();
    }

    /** The instance stops without knowing, and another one takes its place: the broker fences the first. */
    void pause() {
        if (paused == null) {
            paused = active;
            uncommitted.clear();
            active = new Instance();
        }
    }

    /** The paused instance goes on where it was and tries to commit. */
    void revive() {
        if (paused != null) {
            paused.step(0, 1);
            if (mutations.contains(Mutation.REVIVED_INSTANCE_NOT_FENCED)) {
                paused.commit();
            }
            paused = null;
        }
    }

    /** What a reader sees: the committed records, or under a mutation also those that may yet be aborted. */
    int readVisible(int from, int to, Consumer<SimulatedTopic.Entry> each) {
        int end = changelog.read(from, to, each);
        if (mutations.contains(Mutation.READ_UNCOMMITTED)) {
            for (; end < to && end - changelog.end() < uncommitted.size(); end++) {
                each.accept(uncommitted.get(end - changelog.end()));
            }
        }
        return end;
    }

    private final class Instance implements KeyValues.Writable {
        private final MemoryKeyValues state = new MemoryKeyValues();
        private final SpeedWriter<CustomerActivity> writer = new SpeedWriter<>(Simulation.VIEW, this);
        private final List<SimulatedTopic.Entry> pending = new ArrayList<>();
        private final Map<Origin, Integer> positions = new TreeMap<>(committedPositions);
        private int batchPosition = committedBatchPosition;
        private SpeedWriter<CustomerActivity>.Pruning pruning;

        Instance() {
            changelog.read(0, changelog.end(), entry -> {
                if (entry.value() == null) {
                    state.delete(entry.key());
                } else {
                    state.put(entry.key(), entry.value());
                }
            });
            pruning = writer.pruning();
        }

        void step(int choice, int records) {
            pruning.step(records);
            int channel = choice % (channels.size() + 1);
            if (channel == channels.size()) {
                readBatchTopic(8 * records);
                return;
            }
            Origin chosen = new ArrayList<>(channels.keySet()).get(channel);
            for (int i = 0; i < records; i++) {
                fold(chosen);
            }
        }

        private void fold(Origin channel) {
            int position = positions.getOrDefault(channel, 0);
            List<Arrival> arrivals = channels.get(channel);
            if (position < arrivals.size()) {
                Arrival arrival = arrivals.get(position);
                positions.put(channel, position + 1);
                if (mutations.contains(Mutation.LATE_EVENTS_DROPPED) && isLate(arrival)) {
                    return;
                }
                writer.fold(arrival.contribution(), arrival.position());
            }
        }

        private boolean isLate(Arrival arrival) {
            return arrival.contribution().tileStart() % 7 == 0;
        }

        private void readBatchTopic(int records) {
            batchPosition = batchTopic.read(batchPosition, batchPosition + records, entry -> {
                if (Arrays.equals(entry.key(), ViewKeys.FOOTER)) {
                    prune(Wire.BATCH_FOOTER.decode(entry.value()));
                }
            });
        }

        private void prune(BatchFooter footer) {
            Cut floor = Cuts.read(footer.getFloor());
            if (mutations.contains(Mutation.PRUNED_ONE_GENERATION_EARLY_WITHOUT_A_FLOOR)) {
                pruneInSilence(cutOf(footer.getGeneration()));
            } else if (mutations.contains(Mutation.PRUNED_PAST_THE_FLOOR)) {
                writer.prune(floor);
                pruneInSilence(cutOf(footer.getGeneration()));
            } else if (mutations.contains(Mutation.FLOOR_LEFT_OUT)) {
                pruneInSilence(floor);
            } else {
                int before = pending.size();
                writer.announce(floor);
                pruning = writer.pruning();
                if (mutations.contains(Mutation.FLOOR_AFTER_THE_TOMBSTONES)) {
                    pruning.step(Integer.MAX_VALUE);
                    pending.add(pending.remove(before));
                }
            }
        }

        /** Removes cells below {@code floor} and announces nothing. */
        private void pruneInSilence(Cut floor) {
            byte[] announced = get(ViewKeys.FLOOR);
            int before = pending.size();
            writer.prune(floor);
            pending.remove(before);
            if (announced == null) {
                state.delete(ViewKeys.FLOOR);
            } else {
                state.put(ViewKeys.FLOOR, announced);
            }
        }

        private Cut cutOf(long generation) {
            List<Cut> found = new ArrayList<>();
            batchTopic.read(0, batchTopic.end(), entry -> {
                if (entry.value() != null && Arrays.equals(entry.key(), ViewKeys.header(generation))) {
                    BatchHeader header = Wire.BATCH_HEADER.decode(entry.value());
                    found.add(Cuts.read(header.getCut()));
                }
            });
            return found.isEmpty() ? Cut.NOTHING : found.get(0);
        }

        void commit() {
            pending.forEach(entry -> changelog.append(entry.key(), entry.value(), clock.now()));
            pending.clear();
            uncommitted.clear();
            if (!mutations.contains(Mutation.COMMIT_WITHOUT_THE_POSITIONS)) {
                committedPositions = new TreeMap<>(positions);
                committedBatchPosition = batchPosition;
            }
        }

        @Override
        public byte[] get(byte[] key) {
            return state.get(key);
        }

        @Override
        public void scan(byte[] prefix, BiConsumer<byte[], byte[]> each) {
            state.scan(prefix, each);
        }

        @Override
        public void put(byte[] key, byte[] value) {
            state.put(key, value);
            write(key, value);
        }

        @Override
        public void delete(byte[] key) {
            state.delete(key);
            write(key, null);
        }

        private void write(byte[] key, byte[] value) {
            SimulatedTopic.Entry entry = new SimulatedTopic.Entry(key, value);
            pending.add(entry);
            if (this == active) {
                uncommitted.add(entry);
            }
        }
    }

    @Override
    public String toString() {
        return "speed partition " + partition;
    }
}
