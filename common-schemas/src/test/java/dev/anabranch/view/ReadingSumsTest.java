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
import net.jqwik.api.lifecycle.BeforeTry;
import org.apache.avro.io.Decoder;

/** Readings that go on from what earlier ones have added up. */
class ReadingSumsTest {
    private static final Origin ORIGIN = new Origin(FraudEvents.TRANSACTION.topic(), 0);
    private static final int BLOCKS = 100;
    /** From so many cells on sums are kept. */
    private static final int BUSY = 16;

    private static final long AT = 600;

    private Counting monoid;
    private View<CustomerActivity> view;
    private Platform<CustomerActivity> platform;
    private Remembering sums;
    private ViewReader<CustomerActivity> reader;

    @BeforeTry
    void empty() {
        monoid = new Counting();
        view = ViewFixture.coarse(monoid);
        platform = new Platform<>(view);
        sums = new Remembering();
        reader = new ViewReader<>(view, platform.batch, platform.speed, sums);
    }

    @Property(tries = 300)
    void mergedEqualsTheNaiveFoldWhateverHappensBetweenReadings(@ForAll long seed) {
        Random random = new Random(seed);
        List<NaiveFold.Entry> log = Logs.busy(random);
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
                if (cells(entity) >= BUSY) {
                    assertThat(monoid.reads).as("nothing has come since").isZero();
                }
            }
        }
    }

    private int cells(String entity) {
        int[] cells = new int[1];
        platform.speed.scan(CellKey.prefix(entity), (key, value) -> cells[0]++);
        return cells[0];
    }

    @Example
    void ofTheCellsOnlyThoseAreReadAgainThatMayHaveChanged() {
        foldBlocks(0, BLOCKS);

        assertThat(reads()).isEqualTo(BLOCKS);
        assertThat(reads()).isZero();
        fold((BLOCKS - 1) * Cut.BLOCK + 1);
        assertThat(reads()).isEqualTo(1);
        fold(BLOCKS * Cut.BLOCK);
        assertThat(reads()).as("the one that is complete now, and the next").isEqualTo(2);
        assertThat(reader.read("c-1", AT).merged().get(0).payments()).isEqualTo(BLOCKS + 2);
    }

    @Example
    void cellsThatWereWrittenAgainAreReadAgain() {
        foldBlocks(0, BLOCKS);
        assertThat(reads()).isEqualTo(BLOCKS);

        fold(7 * Cut.BLOCK + 1); // by a layer that does not know what comes later

        assertThat(reader.read("c-1", AT).merged().get(0).payments()).isEqualTo(BLOCKS + 1);
    }

    @Example
    void aRowOfManyTilesIsReadOnceThoughFewCellsComeAfterIt() {
        List<NaiveFold.Entry> log = new ArrayList<>();
        for (int i = 0; i < 80; i++) { // each in a tile of its own
            Transaction payment = new Transaction("t" + i, 10L * i, "c-1", "w-1", 1L);
            log.add(new NaiveFold.Entry(new Position(ORIGIN, i), 10L * i, payment));
        }
        Cut cut = Cut.NOTHING.with(ORIGIN, Cut.BLOCK);
        platform.header(1, cut, 0);
        platform.row(log, 1, cut, 0, "c-1");
        platform.footer(1, Cut.NOTHING);

        assertThat(reads()).isPositive();
        assertThat(reads()).isZero();
        platform.row(log.subList(0, 40), 1, cut, 0, "c-1");
        assertThat(reads()).as("another row").isPositive();
    }

    @Example
    void whatIsKeptHasASizeThatGrowsWithIt() {
        foldBlocks(0, BLOCKS);
        reader.read("c-1", AT);
        int before = sums.kept(view, "c-1").bytes();

        foldBlocks(BLOCKS, 2 * BLOCKS);
        reader.read("c-1", AT);

        assertThat(sums.kept(view, "c-1").bytes()).isGreaterThan(before);
        assertThat(before).isPositive();
    }

    private void foldBlocks(int from, int to) {
        for (int block = from; block < to; block++) {
            fold(block * Cut.BLOCK);
        }
    }

    private void fold(long offset) {
        platform.writer.fold(
                new Contribution<>("c-1", 500, new CustomerActivity(1, 100)), new Position(ORIGIN, offset));
    }

    private int reads() {
        monoid.reads = 0;
        reader.read("c-1", AT);
        return monoid.reads;
    }

    private static final class Counting extends ViewFixture.NoInverse {
        int reads;

        @Override
        public CustomerActivity read(Decoder in) throws IOException {
            reads++;
            return super.read(in);
        }
    }
}
