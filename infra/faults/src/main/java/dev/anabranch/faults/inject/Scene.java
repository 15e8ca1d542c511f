package dev.anabranch.faults.inject;

import dev.anabranch.faults.load.Ledger;
import dev.anabranch.faults.load.Load;
import dev.anabranch.faults.load.Traffic;
import dev.anabranch.faults.load.Verification;
import dev.anabranch.faults.site.BatchRuns;
import dev.anabranch.faults.site.DataDisk;
import dev.anabranch.faults.site.Site;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** Where a fault happens: the platform, and everything that goes on there. */
public final class Scene {
    private final Site site;
    private final BatchRuns batchRuns;
    private final Optional<DataDisk> dataDisk;
    private final Traffic traffic;
    private final Load load;
    private final Ledger ledger;
    private final Verification verification;
    private final Signs signs;
    private final List<String> violations = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<TopicPartition, List<Hole>> holes =
            new TreeMap<>(Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));

    /** Offsets that were deleted before they were archived, which an operator accepted; the end is not included. */
    public record Hole(long from, long to) {}

    public Scene(
            Site site,
            BatchRuns batchRuns,
            Optional<DataDisk> dataDisk,
            Traffic traffic,
            Load load,
            Ledger ledger,
            Verification verification) {
        this.site = site;
        this.batchRuns = batchRuns;
        this.dataDisk = dataDisk;
        this.traffic = traffic;
        this.load = load;
        this.ledger = ledger;
        this.verification = verification;
        this.signs = new Signs(site, batchRuns, traffic, ledger);
    }

    public Site site() {
        return site;
    }

    public BatchRuns batchRuns() {
        return batchRuns;
    }

    public Optional<DataDisk> dataDisk() {
        return dataDisk;
    }

    public Traffic traffic() {
        return traffic;
    }

    public Load load() {
        return load;
    }

    public Ledger ledger() {
        return ledger;
    }

    public Verification verification() {
        return verification;
    }

    public Signs signs() {
        return signs;
    }

    /** The platform did what it must not, whatever happens to it. */
    public synchronized void violated(String what) {
        violations.add(what);
    }

    public synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** Worth telling, and no mistake of the platform. */
    public synchronized void note(String what) {
        notes.add(what);
    }

    public synchronized List<String> notes() {
        return List.copyOf(notes);
    }

    synchronized void hole(TopicPartition partition, Hole hole) {
        holes.computeIfAbsent(partition, p -> new ArrayList<>()).add(hole);
    }

    public synchronized List<Hole> holes(TopicPartition partition) {
        return List.copyOf(holes.getOrDefault(partition, List.of()));
    }
}
