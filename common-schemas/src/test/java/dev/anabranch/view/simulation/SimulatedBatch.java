package dev.anabranch.view.simulation;

import dev.anabranch.contract.BatchFooter;
import dev.anabranch.contract.BatchHeader;
import dev.anabranch.contract.BatchRow;
import dev.anabranch.contract.Wire;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.view.Contribution;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Tiles;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewKeys;
import dev.anabranch.view.oracle.NaiveFold;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The archive and the batch layer: runs that publish a generation record by record and may stop in between. */
final class SimulatedBatch {
    private final Map<Origin, List<NaiveFold.Entry>> log;
    private final List<SimulatedTopic> topics;
    private final Set<Mutation> mutations;
    private final SimulatedClock clock;
    private final Map<Origin, Integer> archived = new HashMap<>();
    private final Deque<Runnable> todo = new ArrayDeque<>();
    private Generation announced = new Generation(0, Cut.NOTHING, 0, Map.of());
    private long newest;

    private record Generation(long number, Cut cut, long tilesFrom, Map<String, Tiles<CustomerActivity>> rows) {}

    SimulatedBatch(
            Map<Origin, List<NaiveFold.Entry>> log,
            List<SimulatedTopic> topics,
            Set<Mutation> mutations,
            SimulatedClock clock) {
        this.clock = clock;
        this.log = log;
        this.topics = topics;
        this.mutations = mutations;
    }

    void archive(Origin origin, int howMuch) {
        int already = archived.getOrDefault(origin, 0);
        int rest = log.get(origin).size() - already;
        archived.put(origin, already + (howMuch % 2 == 0 ? rest : howMuch % (rest + 1)));
    }

    /** Computes the next generation from the archive; nothing is published yet. */
    void start() {
        if (!todo.isEmpty()) {
            return;
        }
        Generation next = compute();
        newest = next.number;
        Generation previous = announced;
        List<Runnable> headers = new ArrayList<>();
        List<Runnable> rows = new ArrayList<>();
        List<Runnable> footers = new ArrayList<>();
        List<Runnable> tombstones = new ArrayList<>();
        for (SimulatedTopic topic : topics) {
            headers.add(() -> topic.append(ViewKeys.header(next.number), header(next), clock.now()));
            footers.add(() -> topic.append(ViewKeys.FOOTER, footer(next, previous), clock.now()));
            tombstones.add(() -> topic.append(ViewKeys.header(previous.number - 1), null, clock.now()));
        }
        Set<String> entities = new HashSet<>(previous.rows.keySet());
        entities.addAll(next.rows.keySet());
        entities.stream().sorted().forEach(entity -> {
            SimulatedTopic topic = topics.get(Simulation.partitionOf(entity, topics.size()));
            if (!next.rows.containsKey(entity)) {
                tombstones.add(() -> topic.append(ViewKeys.row(entity), null, clock.now()));
            } else if (changed(entity, previous, next)) {
                rows.add(() -> topic.append(ViewKeys.row(entity), row(next, entity), clock.now()));
            }
        });
        if (mutations.contains(Mutation.FOOTER_BEFORE_ROWS)) {
            order(headers, footers, rows, tombstones);
        } else if (mutations.contains(Mutation.HEADER_AFTER_ROWS)) {
            order(rows, headers, footers, tombstones);
        } else if (mutations.contains(Mutation.TOMBSTONES_BEFORE_THE_FOOTER)) {
            order(headers, tombstones, rows, footers);
        } else {
            order(headers, rows, footers, tombstones);
        }
        todo.add(() -> announced = next);
    }

    @SafeVarargs
    private void order(List<Runnable>... parts) {
        for (List<Runnable> part : parts) {
            todo.addAll(part);
        }
    }

    void publish(int records) {
        for (int i = 0; i < records && !todo.isEmpty(); i++) {
            todo.removeFirst().run();
        }
    }

    /** The run dies; the next one compares with the last generation that was announced, not with this one. */
    void crash() {
        if (mutations.contains(Mutation.CHANGED_ROWS_LEFT_OUT_AFTER_A_CRASH) && !todo.isEmpty()) {
            announced = new Generation(announced.number, announced.cut, announced.tilesFrom, compute().rows);
        }
        todo.clear();
    }

    private boolean changed(String entity, Generation previous, Generation next) {
        Tiles<CustomerActivity> before = previous.rows.getOrDefault(entity, Tiles.none(Simulation.VIEW));
        return !before.from(next.tilesFrom).asMap().equals(next.rows.get(entity).asMap());
    }

    private Generation compute() {
        View<CustomerActivity> view = Simulation.VIEW;
        Cut cut = cut();
        long newestTime = 0;
        Map<String, TreeMap<Long, CustomerActivity>> tiles = new HashMap<>();
        for (List<NaiveFold.Entry> partition : log.values()) {
            for (int i = 0; i < partition.size(); i++) {
                NaiveFold.Entry entry = partition.get(i);
                if (cut.includes(entry.position())
                        && (i < archived.getOrDefault(entry.position().origin(), 0))) {
                    for (Contribution<CustomerActivity> c :
                            view.contributions(entry.position().origin().topic(), entry.event())) {
                        newestTime = Math.max(newestTime, c.tileStart());
                        tiles.computeIfAbsent(c.entity(), e -> new TreeMap<>())
                                .merge(c.tileStart(), c.aggregate(), CustomerActivity::plus);
                    }
                }
            }
        }
        long tilesFrom = Math.max(0, newestTime - view.kept().toMillis()) / 100 * 100;
        Map<String, Tiles<CustomerActivity>> rows = new HashMap<>();
        tiles.forEach((entity, byStart) -> {
            Tiles<CustomerActivity> kept = Tiles.of(view, byStart).from(tilesFrom);
            if (!kept.isEmpty()) {
                rows.put(entity, kept);
            }
        });
        return new Generation(newest + 1, cut, tilesFrom, rows);
    }

    private Cut cut() {
        Map<Origin, Long> ends = new HashMap<>();
        archived.forEach((origin, count) -> {
            if (count > 0) {
                ends.put(origin, log.get(origin).get(count - 1).position().offset() + 1);
            }
        });
        Cut reached = Cut.of(ends);
        if (mutations.contains(Mutation.CUT_NOT_ROUNDED)) {
            return reached;
        }
        if (mutations.contains(Mutation.CUT_ROUNDED_UP) || mutations.contains(Mutation.CUT_PAST_THE_ARCHIVE)) {
            Cut up = reached;
            for (Map.Entry<Origin, Long> end : reached.origins().entrySet()) {
                long further = mutations.contains(Mutation.CUT_PAST_THE_ARCHIVE) ? Cut.BLOCK : Cut.BLOCK - 1;
                up = up.with(end.getKey(), end.getValue() + further);
            }
            return up.atBlocks();
        }
        return reached.atBlocks();
    }

    private byte[] header(Generation generation) {
        return Wire.BATCH_HEADER.encode(new BatchHeader(
                Simulation.VIEW.name(),
                generation.number,
                Cuts.write(mutations.contains(Mutation.ROWS_APPLIED_WITHOUT_THE_CUT) ? announced.cut : generation.cut),
                generation.tilesFrom,
                Simulation.VIEW.fingerprint(),
                generation.number));
    }

    private byte[] row(Generation generation, String entity) {
        long number = mutations.contains(Mutation.ROWS_WITH_THE_NUMBER_OF_THE_GENERATION_BEFORE)
                ? Math.max(1, announced.number)
                : generation.number;
        byte[] tiles = generation.rows.get(entity).toBytes();
        return Wire.BATCH_ROW.encode(new BatchRow(number, ByteBuffer.wrap(tiles)));
    }

    private byte[] footer(Generation generation, Generation previous) {
        return Wire.BATCH_FOOTER.encode(new BatchFooter(generation.number, Cuts.write(previous.cut)));
    }
}
