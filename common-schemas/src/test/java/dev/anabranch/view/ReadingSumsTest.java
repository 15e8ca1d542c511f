package dev.anabranch.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.view.oracle.NaiveFold;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/** Readings that go on from what earlier ones have added up. */
class ReadingSumsTest {
    private static final Origin ORIGIN = new Origin(FraudEvents.TRANSACTION.topic(), 0);
    private static final int BLOCKS = 100;
    /** From so many cells on sums are kept. */
    private static final int BUSY = 16;

    private static final long AT = 600;

    @Property(tries = 300)
    void mergedEqualsTheNaiveFoldWhateverHappensBetweenReadings(@ForAll long seed) {
        Random random = new Random(seed);
        List<NaiveFold.Entry> log = Logs.busy(random);
        Counting monoid = new Counting();
        View<CustomerActivity> view = ViewFixture.coarse(monoid);
        Platform<CustomerActivity> platform = new Platform<>(view);
        ViewReader<CustomerActivity> reader = new ViewReader<>(view, platform.batch, platform.speed, new Remembering());
        long at = Logs.moment(random, log);
        Cut folded = Cut.NOTHING;
        Cut cut = Cut.NOTHING;
        for (long generation = 1; generation < 12; generation++) {
            if (random.nextInt(4) == 0) {
                at = Logs.moment(random, log);
            }
            switch (random.nextInt(4)) {
                case 0 -> {
                    cut = cut.union(Logs.progress(random, log).atBlocks());
                    platform.header(generation, cut, 0);
                    for (String entity : Logs.ENTITIES) {
                        platform.row(log, generation, cut, 0, entity);
                    }
                    platform.footer(generation, Cut.NOTHING);
                }
                case 1 -> platform.writer.prune(cut);
                default -> {
                    Cut next = folded.union(Logs.progress(random, log));
                    platform.foldFrom(log, folded, next);
                    folded = next;
                }
            }
            for (String entity : Logs.ENTITIES) {
                List<CustomerActivity> naive = NaiveFold.fold(view, log, Known.upTo(cut.union(folded)), entity, at);
                assertThat(reader.read(entity, at).merged().values()).isEqualTo(naive);
                monoid.reads = 0;
                assertThat(reader.read(entity, at).merged().values()).isEqualTo(naive);
                if (cells(platform, entity) >= BUSY) {
                    assertThat(monoid.reads).as("nothing has come since").isZero();
                }
            }
        }
    }

    private static int cells(Platform<?> platform, String entity) {
        int[] cells = new int[1];
        platform.speed.scan(CellKey.prefix(entity), (key, value) -> cells[0]++);
        return cells[0];
    }

    @Example
    void ofTheCellsOnlyThoseAreReadAgainThatMayHaveChanged() {
        Counting monoid = new Counting();
        View<CustomerActivity> view = ViewFixture.coarse(monoid);
        Platform<CustomerActivity> platform = new Platform<>(view);
        ViewReader<CustomerActivity> reader = new ViewReader<>(view, platform.batch, platform.speed, new Remembering());
        for (int block = 0; block < BLOCKS; block++) {
            fold(platform, block * Cut.BLOCK, 500);
        }

        assertThat(reads(reader, monoid)).isEqualTo(BLOCKS);
        assertThat(reads(reader, monoid)).isZero();
        fold(platform, (BLOCKS - 1) * Cut.BLOCK + 1, 500);
        assertThat(reads(reader, monoid)).isEqualTo(1);
        fold(platform, BLOCKS * Cut.BLOCK, 500);
        assertThat(reads(reader, monoid))
                .as("the one that is complete now, and the next")
                .isEqualTo(2);
        assertThat(reader.read("c-1", AT).merged().get(0).payments()).isEqualTo(BLOCKS + 2);
    }

    @Example
    void cellsThatWereWrittenAgainAreReadAgain() {
        Counting monoid = new Counting();
        View<CustomerActivity> view = ViewFixture.coarse(monoid);
        Platform<CustomerActivity> platform = new Platform<>(view);
        ViewReader<CustomerActivity> reader = new ViewReader<>(view, platform.batch, platform.speed, new Remembering());
        for (int block = 0; block < BLOCKS; block++) {
            fold(platform, block * Cut.BLOCK, 500);
        }
        assertThat(reads(reader, monoid)).isEqualTo(BLOCKS);

        fold(platform, 7 * Cut.BLOCK + 1, 500); // by a layer that does not know what comes later

        assertThat(reader.read("c-1", AT).merged().get(0).payments()).isEqualTo(BLOCKS + 1);
    }

    @Example
    void aRowOfManyTilesIsReadOnceThoughFewCellsComeAfterIt() {
        Counting monoid = new Counting();
        View<CustomerActivity> view = ViewFixture.coarse(monoid);
        Platform<CustomerActivity> platform = new Platform<>(view);
        List<NaiveFold.Entry> log = new ArrayList<>();
        for (int i = 0; i < 80; i++) { // each in a tile of its own
            Transaction payment = new Transaction("t" + i, 10L * i, "c-1", "w-1", 1L);
            log.add(new NaiveFold.Entry(new Position(ORIGIN, i), 10L * i, payment));
        }
        Cut cut = Cut.NOTHING.with(ORIGIN, Cut.BLOCK);
        platform.header(1, cut, 0);
        platform.row(log, 1, cut, 0, "c-1");
        platform.footer(1, Cut.NOTHING);
        ViewReader<CustomerActivity> reader = new ViewReader<>(view, platform.batch, platform.speed, new Remembering());

        assertThat(reads(reader, monoid)).isPositive();
        assertThat(reads(reader, monoid)).isZero();
        platform.row(log.subList(0, 40), 1, cut, 0, "c-1");
        assertThat(reads(reader, monoid)).as("another row").isPositive();
    }

    @Example
    void whatIsKeptHasASizeThatGrowsWithIt() {
        assertThat(kept(2 * BLOCKS).bytes()).isGreaterThan(kept(BLOCKS).bytes()).isPositive();
    }

    private static ReadingSums<?> kept(int blocks) {
        Platform<CustomerActivity> platform = new Platform<>(ViewFixture.COARSE);
        for (int block = 0; block < blocks; block++) {
            fold(platform, block * Cut.BLOCK, 500);
        }
        Remembering memory = new Remembering();
        new ViewReader<>(ViewFixture.COARSE, platform.batch, platform.speed, memory).read("c-1", AT);
        return memory.kept(ViewFixture.COARSE, "c-1");
    }

    private static void fold(Platform<CustomerActivity> platform, long offset, long millis) {
        platform.writer.fold(
                new Contribution<>("c-1", millis, new CustomerActivity(1, 100)), new Position(ORIGIN, offset));
    }

    private static int reads(ViewReader<CustomerActivity> reader, Counting monoid) {
        monoid.reads = 0;
        reader.read("c-1", AT);
        return monoid.reads;
    }

    private static final class Counting implements Monoid<CustomerActivity> {
        int reads;

        @Override
        public CustomerActivity empty() {
            return CustomerActivity.EMPTY;
        }

        @Override
        public CustomerActivity plus(CustomerActivity left, CustomerActivity right) {
            return left.plus(right);
        }

        @Override
        public void write(CustomerActivity aggregate, Encoder out) throws IOException {
            CustomerActivity.MONOID.write(aggregate, out);
        }

        @Override
        public CustomerActivity read(Decoder in) throws IOException {
            reads++;
            return CustomerActivity.MONOID.read(in);
        }
    }
}
