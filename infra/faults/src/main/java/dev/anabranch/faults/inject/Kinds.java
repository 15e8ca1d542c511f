package dev.anabranch.faults.inject;

import dev.anabranch.faults.load.Load;
import dev.anabranch.faults.site.Link;
import dev.anabranch.faults.site.Site;
import dev.anabranch.local.Services;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Every kind of fault there is. */
public final class Kinds {
    private static final String BROKER = Services.BROKER;
    private static final String ARCHIVER = Services.ARCHIVER;
    private static final String SPEED = Services.SPEED;
    private static final String SERVING = Services.SERVING;
    private static final String BATCH = Site.BATCH;
    private static final String DATA = "data";
    private static final String EVENTS = "events";
    private static final String CLOCKS = "clocks";
    private static final Set<String> EVERYTHING = Set.of(BROKER, ARCHIVER, SPEED, SERVING, BATCH, DATA, EVENTS, CLOCKS);

    private final List<Kind> kinds = new ArrayList<>();

    private Kinds() {
        processes();
        batchRuns();
        links();
        data();
        models();
        events();
    }

    public static List<Kind> all() {
        return List.copyOf(new Kinds().kinds);
    }

    private void processes() {
        add("kill-archiver", 0, 3, Set.of(ARCHIVER), Set.of(BROKER, DATA), (s, r) -> KilledProcess.of(ARCHIVER));
        add("kill-speed", 0, 3, Set.of(SPEED), Set.of(BROKER, SERVING), (s, r) -> KilledProcess.of(SPEED));
        add("kill-serving", 0, 3, Set.of(SERVING), Set.of(BROKER), (s, r) -> KilledProcess.of(replica(s, r)));
        add("kill-broker", 0, 5, broker(), Set.of(DATA), (s, r) -> KilledProcess.of(BROKER));
        add("restart-broker", 0, 3, broker(), Set.of(DATA), (s, r) -> KilledProcess.restarted(BROKER));
        add(
                "layers-down",
                20,
                60,
                Set.of(ARCHIVER, SPEED, BATCH),
                Set.of(BROKER, DATA, SERVING),
                (s, r) -> new LayersDown());
        add("kill-all", 0, 5, EVERYTHING, Set.of(), (s, r) -> KilledProcess.all(everyProcess(s), r));
        add("pause-archiver", 5, 40, Set.of(ARCHIVER), Set.of(BROKER, DATA), (s, r) -> new PausedProcess(ARCHIVER));
        add("pause-speed", 5, 40, Set.of(SPEED), Set.of(BROKER, SERVING), (s, r) -> new PausedProcess(SPEED));
        add("pause-serving", 5, 40, Set.of(SERVING), Set.of(BROKER), (s, r) -> new PausedProcess(replica(s, r)));
        add("pause-broker", 5, 30, broker(), Set.of(DATA), (s, r) -> new PausedProcess(BROKER));
        kinds.add(new Kind(
                "speed-empty-disk",
                Duration.ZERO,
                Duration.ofSeconds(1),
                Set.of(SPEED),
                Set.of(BROKER, SERVING),
                scene -> scene.site().onDisk()
                        ? Optional.empty()
                        : Optional.of("the speed layer keeps its cells in memory: each kill empties it"),
                (s, r) -> KilledProcess.speedWithEmptyDisk()));
        add("two-archivers", 10, 25, Set.of(ARCHIVER), Set.of(BROKER, DATA), (s, r) -> new SecondProcess.Archiver());
    }

    /** What the broker's absence upsets; a batch run may fail of it, and the next one makes good. */
    private static Set<String> broker() {
        return Set.of(BROKER, ARCHIVER, SPEED, SERVING, EVENTS);
    }

    /** A run that fails of something else meanwhile is made good by a later one, which is what is waited for. */
    private void batchRuns() {
        Set<String> leansOn = Set.of(DATA);
        killedIn(KilledBatchRun.Stage.VIEWS, leansOn, scene -> Optional.empty());
        killedIn(KilledBatchRun.Stage.PUBLISHING, leansOn, scene -> Optional.empty());
        killedIn(KilledBatchRun.Stage.TRAINING, leansOn, Kinds::unlessTrained);
        add("pause-batch", 5, 30, Set.of(BATCH), leansOn, (s, r) -> new PausedProcess(BATCH));
        add("two-batch-runs", 0, 1, Set.of(BATCH), leansOn, (s, r) -> new SecondProcess.BatchRun());
    }

    private void killedIn(
            KilledBatchRun.Stage stage, Set<String> leansOn, Function<Scene, Optional<String>> impossible) {
        kinds.add(new Kind(
                "kill-batch-" + stage.name().toLowerCase(Locale.ROOT),
                Duration.ZERO,
                Duration.ofSeconds(1),
                Set.of(BATCH),
                leansOn,
                impossible,
                (s, r) -> new KilledBatchRun(stage, r)));
    }

    private static Optional<String> unlessTrained(Scene scene) {
        return scene.batchRuns().train() ? Optional.empty() : Optional.of("no models are trained");
    }

    private void links() {
        link("cut-link", 3, 25, Link.Quality.CUT);
        link("slow-link", 5, 30, Link.Quality.SLOW);
        link("half-open-link", 5, 40, Link.Quality.HALF_OPEN);
        add("slow-reader", 15, 30, Set.of(SERVING), Set.of(BROKER, DATA, SPEED, BATCH), (s, r) -> new SlowReader(r));
    }

    /** The layer is chosen with the kind, so that two links may be bad at once. */
    private void link(String name, int shortest, int longest, Link.Quality quality) {
        for (String layer : List.of(ARCHIVER, SPEED, SERVING)) {
            Set<String> leansOn = layer.equals(SPEED) ? Set.of(BROKER, DATA, SERVING) : Set.of(BROKER, DATA);
            add(
                    name + "-" + layer,
                    shortest,
                    longest,
                    Set.of(layer),
                    leansOn,
                    (s, r) -> new BadLink(layer, quality, r.nextBoolean()));
        }
        add(
                name + "-" + BATCH,
                shortest,
                longest,
                Set.of(BATCH),
                Set.of(DATA),
                (s, r) -> new BadLink(BATCH, quality, r.nextBoolean()));
    }

    private void data() {
        add("catalog-locked", 5, 60, Set.of(DATA), Set.of(BROKER, ARCHIVER), (s, r) -> new CatalogTrouble.Locked());
        add("catalog-gone", 5, 60, Set.of(DATA), Set.of(BROKER, ARCHIVER), (s, r) -> new CatalogTrouble.Gone());
        kinds.add(new Kind(
                "disk-full",
                Duration.ofSeconds(5),
                Duration.ofSeconds(40),
                Set.of(DATA),
                Set.of(BROKER, ARCHIVER),
                scene -> scene.dataDisk().isPresent()
                        ? Optional.empty()
                        : Optional.of("a small disk of its own must be mounted for it, which takes the right to mount"),
                (s, r) -> new FullDisk()));
        add("bit-flip-rows", 0, 1, Set.of(BATCH, DATA), Set.of(), (s, r) -> new FlippedFile(FlippedFile.Part.ROWS, r));
        add(
                "bit-flip-metadata",
                0,
                1,
                Set.of(BATCH, DATA, ARCHIVER),
                Set.of(BROKER),
                (s, r) -> new FlippedFile(FlippedFile.Part.METADATA, r));
        add("bit-flip-log", 0, 1, broker(), Set.of(DATA), (s, r) -> new FlippedSegment(r));
        add("retention", 0, 1, broker(), Set.of(DATA), (s, r) -> new Retention(r));
    }

    private void models() {
        damaged("corrupted-model", BadModel.Damage.BIT);
        damaged("truncated-model", BadModel.Damage.HALF);
    }

    private void damaged(String name, BadModel.Damage damage) {
        kinds.add(new Kind(
                name,
                Duration.ZERO,
                Duration.ofSeconds(1),
                Set.of(BATCH),
                Set.of(BROKER, SPEED, SERVING),
                Kinds::unlessTrained,
                (s, r) -> new BadModel(damage, r)));
    }

    private void events() {
        peculiar("poison", (s, r) -> PeculiarEvents.poison(r));
        peculiar("duplicates", (s, r) -> PeculiarEvents.repeated(r));
        peculiar("late-30-days", (s, r) -> PeculiarEvents.shaped(Load.Shape.LATE, r));
        peculiar("out-of-order", (s, r) -> PeculiarEvents.shaped(Load.Shape.OUT_OF_ORDER, r));
        peculiar("future", (s, r) -> PeculiarEvents.shaped(Load.Shape.FUTURE, r));
        peculiar("newer-schema", (s, r) -> PeculiarEvents.shaped(Load.Shape.NEWER_SCHEMA, r));
        add("clock-step", 3, 20, Set.of(CLOCKS), Set.of(BROKER), (s, r) -> PeculiarEvents.clockStep(r));
    }

    private void peculiar(String name, BiFunction<Scene, Random, Fault> make) {
        add(name, 0, 1, Set.of(), Set.of(BROKER, SPEED, SERVING, EVENTS), make);
    }

    private void add(
            String name,
            int shortestSeconds,
            int longestSeconds,
            Set<String> upsets,
            Set<String> leansOn,
            BiFunction<Scene, Random, Fault> make) {
        kinds.add(new Kind(
                name,
                Duration.ofSeconds(shortestSeconds),
                Duration.ofSeconds(longestSeconds),
                upsets,
                leansOn,
                scene -> Optional.empty(),
                make));
    }

    private static String replica(Scene scene, Random random) {
        List<String> replicas = scene.site().replicas();
        return replicas.get(random.nextInt(replicas.size()));
    }

    private static List<String> everyProcess(Scene scene) {
        List<String> all = new ArrayList<>(List.of(BROKER, ARCHIVER, SPEED, BATCH));
        all.addAll(scene.site().replicas());
        return all;
    }
}
