package dev.anabranch.batch.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.batch.ArchiveState;
import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.BatchSession;
import dev.anabranch.batch.TestBroker;
import dev.anabranch.batch.TestPlatform;
import dev.anabranch.batch.archive.ArchiveMaintenance;
import dev.anabranch.contract.Generation;
import dev.anabranch.contract.Topics;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Known;
import dev.anabranch.view.Reading;
import dev.anabranch.view.Tiles;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewKeys;
import dev.anabranch.view.oracle.NaiveFold;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.iceberg.Table;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Through a real archive, a real Spark and a real broker, against the naive fold. */
class ViewsTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2025-08-01T00:00:00Z"), ZoneOffset.UTC);

    @TempDir
    static Path folder;

    private static TestBroker broker;
    private static BatchSession session;

    @BeforeAll
    static void open() {
        broker = TestBroker.get();
        if (!broker.hasTopic(Topics.GENERATIONS)) {
            broker.createCompactedTopic(Topics.GENERATIONS, 1);
        }
        session = BatchSession.start(new TestPlatform(folder, broker.bootstrapServers(), Town.PARTITIONS), "views");
    }

    @AfterAll
    static void close() {
        session.close();
    }

    @Test
    void inStepsOrAtOnceAViewEqualsTheFoldOverTheLogUpToItsCut() {
        Town town = new Town(1);
        List<Integer> sizes = List.of(2_500, 10, 4_500, 3_000);
        for (int step = 0; step < sizes.size(); step++) {
            town.produce(sizes.get(step), step * 4, step * 4 + 4, 40);
            town.archive(session.lakehouse());
            bringUpToDate(town, false);
            assertEqualsFold(town, town.customers());
            assertEqualsFold(town, town.shops());
        }
        Map<String, Map<Long, ?>> customers = tiles(town.customers());
        Map<String, Map<Long, ?>> shops = tiles(town.shops());
        var publishedShops = new PublishedView<>(town.shops()).rows();
        long before = newest(town.customers()).number();

        bringUpToDate(town, true);

        assertThat(newest(town.customers()).number()).isEqualTo(before + 1);
        assertThat(tiles(town.customers())).isEqualTo(customers);
        assertThat(tiles(town.shops())).isEqualTo(shops);
        assertThat(customers).isNotEmpty();
        // Rows that were not touched lately may still carry tiles from before tilesFrom; no window reaches them.
        long from = newest(town.shops()).tilesFromMillis();
        publishedShops.values().forEach(row -> row.keySet().removeIf(start -> start < from));
        assertThat(new PublishedView<>(town.shops()).rows()).isEqualTo(publishedShops);
        assertEqualsFold(town, town.customers());
    }

    @Test
    void withNothingNewThereIsNoNewGeneration() {
        Town town = new Town(2);
        town.produce(3_000, 0, 5, 30);
        town.archive(session.lakehouse());
        bringUpToDate(town, false);
        int records = new PublishedView<>(town.customers()).records().size();

        town.produce(1, 5, 6, 30);
        town.archive(session.lakehouse());
        bringUpToDate(town, false);

        assertThat(newest(town.customers()).number()).isEqualTo(1);
        assertThat(new PublishedView<>(town.customers()).records()).hasSize(records);
    }

    @Test
    void beforeOneBlockOfOffsetsIsWholeThereIsNoGeneration() {
        Town town = new Town(3);
        town.produce(1_000, 0, 5, 30);
        town.archive(session.lakehouse());
        bringUpToDate(town, false);
        assertThat(announced(town.customers())).isEmpty();
        assertThat(new PublishedView<>(town.customers()).records()).isEmpty();
    }

    @Test
    void onlyEntitiesWithNewEventsArePublishedAgain() {
        Town town = new Town(4);
        town.produce(3_000, 0, 5, 2_000);
        town.archive(session.lakehouse());
        bringUpToDate(town, false);
        Cut first = newest(town.customers()).cut();
        town.produce(4_000, 5, 6, 10);
        town.archive(session.lakehouse());
        bringUpToDate(town, false);
        Cut second = newest(town.customers()).cut();

        PublishedView<?> published = new PublishedView<>(town.customers());
        List<NaiveFold.Entry> between = town.log().stream()
                .filter(entry -> second.includes(entry.position()) && !first.includes(entry.position()))
                .filter(entry -> entry.event() instanceof Transaction payment
                        && payment.getEventTimeMillis()
                                >= newest(town.customers()).tilesFromMillis())
                .toList();
        Set<String> touched = NaiveFold.byEntity(town.customers(), between).keySet();
        Set<String> again = published.publishedBy(2);
        assertThat(announced(town.customers()).orElseThrow().getRows()).isEqualTo(again.size());
        again.retainAll(published.rows().keySet()); // without those whose last tile fell away, which are removed
        assertThat(again).containsExactlyInAnyOrderElementsOf(touched);
        assertThat(touched).hasSizeLessThan(published.publishedBy(1).size());
        assertEqualsFold(town, town.customers());
    }

    @Test
    void aPublicationThatWasInterruptedIsCompletedByTheNextRun() {
        Town town = new Town(5);
        town.produce(3_000, 0, 5, 100);
        town.archive(session.lakehouse());
        bringUpToDate(town, false);

        town.produce(3_000, 5, 7, 100);
        town.archive(session.lakehouse());
        ViewGeneration second = advanceOnly(town);
        interruptedAfterSomeRows(town.customers(), second);
        assertEqualsFold(town, town.customers()); // half a publication is no harm

        town.produce(3_000, 7, 8, 3);
        town.archive(session.lakehouse());
        ViewGeneration third = advanceOnly(town);
        interruptedAfterSomeRows(town.customers(), third);
        assertEqualsFold(town, town.customers());

        bringUpToDate(town, false);

        assertThat(third.number()).isEqualTo(3);
        Generation told = announced(town.customers()).orElseThrow();
        assertThat(told.getGeneration()).isEqualTo(3);
        assertThat(Cuts.read(told.getCut())).isEqualTo(third.cut());
        assertEqualsFold(town, town.customers());
        assertThat(generationRows(town.customers())).containsExactly(1L, 3L); // the second was never recorded

        int records = new PublishedView<>(town.customers()).records().size();
        bringUpToDate(town, false);
        assertThat(new PublishedView<>(town.customers()).records()).hasSize(records);
    }

    @Test
    void anEntityWhoseTilesAllFellAwayIsRemoved() {
        Town town = new Town(6);
        town.produce(3_000, 0, 2, 200);
        town.archive(session.lakehouse());
        bringUpToDate(town, false);
        assertThat(new PublishedView<>(town.customers()).rows()).hasSizeGreaterThan(150);

        town.produce(4_000, 30, 31, 5);
        town.archive(session.lakehouse());
        bringUpToDate(town, false);

        assertThat(new PublishedView<>(town.customers()).rows().keySet())
                .isSubsetOf("c-0", "c-1", "c-2", "c-3", "c-4")
                .isNotEmpty();
        assertEqualsFold(town, town.customers());
        assertEqualsFold(town, town.shops());
    }

    @Test
    void aViewDeclaredAnewIsMadeFromTheFirstEventAndPublishedWhole() {
        Town town = new Town(7);
        town.produce(4_000, 0, 3, 400);
        town.archive(session.lakehouse());
        bringUpToDate(town, false);

        new Views(run(town)).bringUpToDate(town.customersOfLargePayments(), false);

        View<?> anew = town.customersOfLargePayments();
        assertThat(newest(anew).fingerprint()).isEqualTo(anew.fingerprint());
        PublishedView<?> published = new PublishedView<>(anew);
        assertThat(published.rows()).hasSizeLessThan(400).isNotEmpty();
        assertThat(published.publishedBy(2)).hasSizeGreaterThan(published.rows().size());
        assertEqualsFold(town, town.customersOfLargePayments());
    }

    @Test
    void ofTwoRunsAtOnceOneMakesTheGenerationAndNothingCountsTwice() throws Exception {
        Town town = new Town(8);
        town.produce(3_000, 0, 3, 50);
        town.archive(session.lakehouse());
        CyclicBarrier together = new CyclicBarrier(2);
        Callable<Optional<ViewGeneration>> advance = () -> {
            ViewAdvance<?> one = new ViewAdvance<>(run(town), town.customers());
            together.await();
            return one.advance(Optional.empty(), false).newest();
        };
        int overtaken = 0;
        ExecutorService threads = Executors.newFixedThreadPool(2);
        for (Future<Optional<ViewGeneration>> one : threads.invokeAll(List.of(advance, advance))) {
            try {
                assertThat(one.get().orElseThrow().number()).isEqualTo(1);
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(OvertakenException.class);
                overtaken++;
            }
        }
        threads.shutdown();
        assertThat(overtaken).isLessThanOrEqualTo(1);
        bringUpToDate(town, false);
        assertEqualsFold(town, town.customers());
    }

    @Test
    void maintenanceBetweenRunsMakesFilesFewerAndSparesWhatAModelWasTrainedOn() {
        Town town = new Town(10);
        town.produce(4_000, 0, 3, 50);
        town.archive(session.lakehouse());
        bringUpToDate(town, false);
        BatchRun first = run(town);
        String name = EventTables.identifier(town.events().get(0)).toString();
        long trainedOn = first.snapshots().get(name);
        long rows = session.events(town.events().get(0), trainedOn).count();
        for (int day = 3; day < 7; day++) {
            town.produce(500, day, day + 1, 50); // one in ten is of the days before
            town.archive(session.lakehouse());
        }
        Table table = session.lakehouse().events(town.events().get(0));
        long files = files(table);

        ArchiveMaintenance maintenance = new ArchiveMaintenance(
                session.spark(),
                session.config().maintenance(),
                List.of(new ModelRegistry.TrainedOn("a-model-1", Map.of(name, trainedOn))));
        Instant much = Instant.now().plus(Duration.ofDays(1)); // so that everything is old enough to go
        long replaced = maintenance.maintain(name, table, much);
        long again = maintenance.maintain(name, table, much);

        assertThat(replaced).isPositive();
        assertThat(again).isZero();
        table.refresh();
        assertThat(files(table)).isLessThan(files);
        assertThat(table.snapshots()).hasSize(3); // the latest, the one before it that names the cut, the model's
        assertThat(session.events(town.events().get(0), trainedOn).count()).isEqualTo(rows);

        town.produce(3_000, 5, 8, 50);
        town.archive(session.lakehouse());
        bringUpToDate(town, false);
        assertEqualsFold(town, town.customers());
        assertEqualsFold(town, town.shops());
    }

    private static long files(Table table) {
        return Long.parseLong(table.currentSnapshot().summary().get("total-data-files"));
    }

    @Test
    void anArchiveThatEndsBeforeTheLastGenerationIsAnErrorThatSaysSo() {
        Town town = new Town(9);
        town.produce(3_000, 0, 3, 50);
        town.archive(session.lakehouse());
        bringUpToDate(town, false);

        BatchRun behind =
                new BatchRun("behind", town, session, Cut.NOTHING, run(town).snapshots(), CLOCK, stage -> {});
        assertThatThrownBy(() -> new Views(behind).bringUpToDate(town.customers(), true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must reach the cut of generation 1");
    }

    private BatchRun run(Town town) {
        ArchiveState state = ArchiveState.of(session.lakehouse(), town);
        return new BatchRun("run", town, session, state.cut(), state.snapshots(), CLOCK, stage -> {});
    }

    private void bringUpToDate(Town town, boolean full) {
        Views views = new Views(run(town));
        town.views().forEach(view -> views.bringUpToDate(view, full));
    }

    private ViewGeneration advanceOnly(Town town) {
        return new ViewAdvance<>(run(town), town.customers())
                .advance(announced(town.customers()), false)
                .newest()
                .orElseThrow();
    }

    /** What a run leaves behind that is killed in the midst of publishing: headers, and the rows of some entities. */
    private <A> void interruptedAfterSomeRows(View<A> view, ViewGeneration generation) {
        try (BatchViewWriter writer = new BatchViewWriter(broker.bootstrapServers(), view.name())) {
            writer.headers(generation.header());
            writer.awaitAcknowledged();
            Map<String, Map<Long, A>> tiles = tilesOf(view);
            tiles.entrySet().stream()
                    .limit(tiles.size() / 2)
                    .forEach(row -> writer.row(
                            row.getKey(),
                            generation.number(),
                            Tiles.of(view, new TreeMap<>(row.getValue())).toBytes()));
            writer.awaitAcknowledged();
        }
    }

    private Optional<Generation> announced(View<?> view) {
        return new AnnouncedGenerations(broker.bootstrapServers()).latest(view.name());
    }

    private static ViewGeneration newest(View<?> view) {
        return ViewGeneration.newest(view.name(), ViewAdvance.table(session.lakehouse(), view.name()))
                .orElseThrow();
    }

    private static List<Long> generationRows(View<?> view) {
        return session
                .spark()
                .sql("select generation from anabranch.views.generations where view = '" + view.name()
                        + "' order by generation")
                .collectAsList()
                .stream()
                .map(row -> row.getLong(0))
                .toList();
    }

    private static Map<String, Map<Long, ?>> tiles(View<?> view) {
        return new TreeMap<>(tilesOf(view));
    }

    /** The tiles of the newest generation, added up. */
    private static <A> Map<String, Map<Long, A>> tilesOf(View<A> view) {
        TileTable.Codec<A> codec = new TileTable.Codec<>(view);
        Map<String, Map<Long, A>> tiles = new TreeMap<>();
        for (Row row : session.table(
                        TileTable.identifier(view.name()), newest(view).snapshotId())
                .collectAsList()) {
            tiles.computeIfAbsent(row.getAs("entity"), e -> new TreeMap<>())
                    .merge(row.<Long>getAs("tile_start"), codec.read(row.getAs("aggregate")), view.monoid()::plus);
        }
        return tiles;
    }

    /** Reads every entity at several moments and compares with the fold over the log up to what the reading includes. */
    private <A> void assertEqualsFold(Town town, View<A> view) {
        PublishedView<A> published = new PublishedView<>(view);
        List<NaiveFold.Entry> log = town.log();
        long newest = newest(view).newestEventMillis();
        List<Reading<A>> exact = new ArrayList<>();
        NaiveFold.byEntity(view, log).forEach((entity, entries) -> {
            for (long at : List.of(newest + 1, newest - Town.DAY / 3, newest - 3 * Town.DAY)) {
                Reading<A> reading = published.read(entity, at);
                if (reading.exact()) {
                    exact.add(reading);
                    assertThat(reading.merged().values())
                            .as("%s of %s at %s", entity, view, at)
                            .isEqualTo(NaiveFold.fold(view, entries, Known.upTo(reading.asOf()), entity, at));
                }
            }
        });
        assertThat(exact).isNotEmpty();
    }

    @Test
    void headersComeBeforeRowsAndRowsBeforeFootersInEveryPartition() {
        Town town = new Town(10);
        town.produce(3_000, 0, 3, 50);
        town.archive(session.lakehouse());
        bringUpToDate(town, false);
        for (int partition = 0; partition < Town.PARTITIONS; partition++) {
            int number = partition;
            List<String> kinds = new PublishedView<>(town.customers())
                    .records().stream()
                            .filter(record -> record.partition() == number)
                            .map(record -> ViewKeys.isHeader(record.key())
                                    ? "header"
                                    : ViewKeys.isControl(record.key()) ? "footer" : "row")
                            .toList();
            assertThat(kinds).startsWith("header").endsWith("footer");
            assertThat(kinds.subList(1, kinds.size() - 1)).containsOnly("row");
        }
    }
}
