package dev.anabranch.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.view.oracle.NaiveFold;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Merged equals a naive fold over the log, whatever the log, the cut, the progress of the layers and the moment. */
class MergeLawTest {
    @Property(tries = 2000)
    void mergedEqualsTheNaiveFold(@ForAll long seed) {
        Random random = new Random(seed);
        requireMergedEqualsTheNaiveFold(random, Logs.random(random));
    }

    @Property(tries = 200)
    void soItDoesWithHundredsOfCells(@ForAll long seed) {
        Random random = new Random(seed);
        requireMergedEqualsTheNaiveFold(random, Logs.busy(random));
    }

    private static void requireMergedEqualsTheNaiveFold(Random random, List<NaiveFold.Entry> log) {
        View<CustomerActivity> view = random.nextBoolean() ? ViewFixture.MIXED : ViewFixture.COARSE;
        Cut folded = Logs.progress(random, log);
        Cut cut = Logs.progress(random, log).atBlocks(); // may be behind the speed layer or ahead of it
        Platform<CustomerActivity> platform = new Platform<>(view);
        platform.foldFrom(log, Cut.NOTHING, folded);
        platform.header(1, cut, 0);
        Logs.ENTITIES.forEach(entity -> platform.row(log, 1, cut, 0, entity));
        platform.footer(1, Cut.NOTHING);

        for (String entity : Logs.ENTITIES) {
            long at = Logs.moment(random, log);
            Reading<CustomerActivity> reading = platform.reader.read(entity, at);
            assertThat(reading.inexact()).isEmpty();
            assertExact(view, log, reading, at);
            // and what was folded or cut is really there, not just what the reading says of itself
            List<CustomerActivity> all = NaiveFold.fold(view, log, Known.upTo(cut.union(folded)), entity, at);
            assertThat(reading.merged().values()).isEqualTo(all);
        }
    }

    @Property(tries = 1000)
    void anAnswerIsExactAtEveryStepFromOneGenerationToTheNext(@ForAll long seed) {
        Random random = new Random(seed);
        View<CustomerActivity> view = ViewFixture.MIXED;
        List<NaiveFold.Entry> log = Logs.random(random);
        Cut first = Logs.progress(random, log).atBlocks();
        Cut second = first.union(Logs.progress(random, log).atBlocks());
        Cut folded = Logs.progress(random, log);
        Platform<CustomerActivity> platform = new Platform<>(view);
        platform.foldFrom(log, Cut.NOTHING, folded);
        check(random, view, log, platform);
        publish(random, view, log, platform, 1, Cut.NOTHING, first, Cut.NOTHING);
        publish(random, view, log, platform, 2, first, second, first);
        int before = platform.speed.size();
        int pruned = platform.writer.prune(first);
        assertThat(platform.speed.size()).isEqualTo(before - pruned + 1); // one key more: the floor
        check(random, view, log, platform);
        platform.foldFrom(log, folded, folded.union(Logs.progress(random, log)));
        check(random, view, log, platform);
    }

    private static void publish(
            Random random,
            View<CustomerActivity> view,
            List<NaiveFold.Entry> log,
            Platform<CustomerActivity> platform,
            long generation,
            Cut previous,
            Cut cut,
            Cut floor) {
        platform.header(generation, cut, 0);
        check(random, view, log, platform);
        for (String entity : Logs.ENTITIES) {
            if (!platform.tiles(log, cut, entity).equals(platform.tiles(log, previous, entity))) {
                platform.row(log, generation, cut, 0, entity); // what did not change is not published again
                check(random, view, log, platform);
            }
        }
        platform.footer(generation, floor);
        check(random, view, log, platform);
    }

    private static void check(
            Random random,
            View<CustomerActivity> view,
            List<NaiveFold.Entry> log,
            Platform<CustomerActivity> platform) {
        for (String entity : Logs.ENTITIES) {
            long at = Logs.moment(random, log);
            Reading<CustomerActivity> reading = platform.reader.read(entity, at);
            assertThat(reading.inexact()).isEmpty();
            assertExact(view, log, reading, at);
        }
    }

    private static void assertExact(
            View<CustomerActivity> view, List<NaiveFold.Entry> log, Reading<CustomerActivity> reading, long at) {
        List<CustomerActivity> naive = NaiveFold.fold(view, log, Known.upTo(reading.asOf()), reading.entity(), at);
        assertThat(reading.merged().values()).isEqualTo(naive);
        assertThat(reading.batch().plus(reading.speed()).values()).isEqualTo(naive);
    }

    @Property(tries = 500)
    void aReaderWhoseGenerationIsBehindTheFloorNeverClaimsToBeExact(@ForAll long seed) {
        Random random = new Random(seed);
        View<CustomerActivity> view = ViewFixture.MIXED;
        List<NaiveFold.Entry> log = Logs.random(random);
        Cut cut = Logs.progress(random, log).atBlocks();
        Cut floor = Logs.progress(random, log).atBlocks();
        Platform<CustomerActivity> platform = new Platform<>(view);
        platform.foldFrom(log, Cut.NOTHING, Logs.progress(random, log));
        platform.header(1, cut, 0);
        Logs.ENTITIES.forEach(entity -> platform.row(log, 1, cut, 0, entity));
        platform.footer(1, Cut.NOTHING);
        platform.writer.prune(floor);
        for (String entity : Logs.ENTITIES) {
            long at = Logs.moment(random, log);
            Reading<CustomerActivity> reading = platform.reader.read(entity, at);
            assertThat(reading.exact()).isEqualTo(cut.covers(floor));
            if (reading.exact()) {
                assertExact(view, log, reading, at);
            }
        }
    }

    @Example
    void windowsThatLookBackBeyondTheKeptTilesAreNotExactAndSaySo() {
        Platform<CustomerActivity> platform = new Platform<>(ViewFixture.MIXED);
        platform.header(1, Cut.of(Map.of(new Origin(FraudEvents.TRANSACTION.topic(), 0), 1024L)), 5_000);
        platform.footer(1, Cut.NOTHING);
        assertThat(platform.reader.read("c-1", 6_000).exact()).isTrue();
        assertThat(platform.reader.read("c-1", 5_999).inexact())
                .hasValueSatisfying(
                        why -> assertThat(why)
                                .isEqualTo(
                                        "The windows look back to 4999 and generation 1 of test.customer keeps tiles from 5000 on"));
    }

    @Example
    void aRowOfAnotherDeclarationIsNotExactAndSaysSo() {
        Platform<CustomerActivity> platform = new Platform<>(ViewFixture.MIXED);
        platform.header(1, Cut.NOTHING, 0);
        platform.footer(1, Cut.NOTHING);
        Reading<CustomerActivity> reading =
                new ViewReader<>(ViewFixture.COARSE, platform.batch, platform.speed).read("c-1", 10);
        assertThat(reading.inexact()).hasValueSatisfying(why -> assertThat(why).contains("another declaration"));
    }

    @Example
    void aRowWithoutTheHeaderOfItsGenerationIsNotExactAndSaysSo() {
        Platform<CustomerActivity> platform = new Platform<>(ViewFixture.MIXED);
        platform.row(List.of(), 3, Cut.NOTHING, 0, "c-1");
        Reading<CustomerActivity> reading = platform.reader.read("c-1", 10);
        assertThat(reading.inexact())
                .contains(
                        "Generation 3 of test.customer has no header here: the batch view has not been read to its end");
        assertThat(reading.asOf()).isEqualTo(Cut.NOTHING);
    }

    @Example
    void aFooterWithoutTheHeaderOfItsGenerationIsNotExactAndSaysSo() {
        Platform<CustomerActivity> platform = new Platform<>(ViewFixture.MIXED);
        platform.footer(2, Cut.NOTHING);
        assertThat(platform.reader.read("c-1", 10).inexact())
                .hasValueSatisfying(why -> assertThat(why).contains("Generation 2", "no header"));
    }

    @Example
    void anEntityNeverSeenHasTheEmptyAggregate() {
        Reading<CustomerActivity> reading = new Platform<>(ViewFixture.MIXED).reader.read("nobody", 10);
        assertThat(reading.unseen()).isTrue();
        assertThat(reading.exact()).isTrue();
        assertThat(reading.merged().values()).containsOnly(CustomerActivity.EMPTY);
    }

    @Example
    void anEventFoldedTwiceStopsTheWriterWithBothOffsetsNamed() {
        Platform<CustomerActivity> platform = new Platform<>(ViewFixture.MIXED);
        Contribution<CustomerActivity> one = new Contribution<>("c-1", 5, new CustomerActivity(1, 1));
        platform.writer.fold(one, Position.of("events.transaction", 0, 41));
        assertThatThrownBy(() -> platform.writer.fold(one, Position.of("events.transaction", 0, 41)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("up to offset 41")
                .hasMessageContaining("got 41");
        platform.writer.fold(one, Position.of("events.transaction", 1, 41)); // another origin is another cell
    }

    @Example
    void theFloorNeverSinks() {
        Platform<CustomerActivity> platform = new Platform<>(ViewFixture.MIXED);
        Origin origin = new Origin("events.transaction", 0);
        platform.writer.prune(Cut.of(Map.of(origin, 2048L)));
        platform.writer.prune(Cut.of(Map.of(origin, 1024L)));
        platform.header(1, Cut.of(Map.of(origin, 1024L)), 0);
        platform.footer(1, Cut.NOTHING);
        assertThat(platform.reader.read("c-1", 10).exact()).isFalse();
    }

    @Example
    void aPruningThatWasInterruptedIsFoundAgainAndLeavesWhatLiesPastTheFloor() {
        Platform<CustomerActivity> platform = new Platform<>(ViewFixture.MIXED);
        for (int block = 0; block < 4; block++) {
            platform.writer.fold(
                    new Contribution<>("c-1", 5, new CustomerActivity(1, 1)),
                    Position.of("events.transaction", 0, 1024L * block));
        }
        platform.writer.announce(Cut.of(Map.of(new Origin("events.transaction", 0), 3072L)));
        assertThat(platform.writer.pruning().step(1)).isEqualTo(1);

        SpeedWriter<CustomerActivity> restarted = new SpeedWriter<>(ViewFixture.MIXED, platform.speed);

        assertThat(restarted.pruning().step(Integer.MAX_VALUE)).isEqualTo(2);
        assertThat(restarted.pruning().left()).isZero();
        assertThat(platform.speed.size()).as("the floor and the cell past it").isEqualTo(2);
    }
}
