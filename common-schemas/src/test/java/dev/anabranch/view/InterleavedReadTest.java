package dev.anabranch.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.view.oracle.NaiveFold;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** The writer gets ahead between any two reads of one query: the order of the reads must make that harmless. */
class InterleavedReadTest {
    private static final View<CustomerActivity> VIEW = ViewFixture.MIXED;
    private static final Origin ORIGIN = new Origin(FraudEvents.TRANSACTION.topic(), 0);
    private static final int READS = 6;

    @Test
    void aStepTakenBetweenAnyTwoReadsLeavesTheAnswerExactOrFlagged() {
        List<NaiveFold.Entry> log = log();
        for (int steps = 1; steps <= 12; steps++) {
            for (int before = 0; before < READS; before++) {
                for (int done = 0; done + steps <= 12; done++) {
                    check(log, done, before, steps);
                }
            }
        }
    }

    /** After {@code done} steps a query starts; before its read number {@code before} come {@code steps} more. */
    private static void check(List<NaiveFold.Entry> log, int done, int before, int steps) {
        Platform<CustomerActivity> platform = new Platform<>(VIEW);
        List<Runnable> story = story(platform, log);
        story.subList(0, done).forEach(Runnable::run);
        int[] reads = {0};
        Runnable ahead = () -> {
            if (reads[0]++ == before) {
                story.subList(done, done + steps).forEach(Runnable::run);
            }
        };
        ViewReader<CustomerActivity> reader =
                new ViewReader<>(VIEW, interrupted(platform.batch, ahead), interrupted(platform.speed, ahead));
        Reading<CustomerActivity> reading = reader.read("c-1", 900);
        if (reading.exact()) {
            assertThat(reading.merged().values())
                    .as("%d steps, then %d more before read %d: as of %s", done, steps, before, reading.asOf())
                    .isEqualTo(NaiveFold.fold(VIEW, log, Known.upTo(reading.asOf()), "c-1", 900));
        }
    }

    /** Three generations, each published in the order the protocol asks for, and pruned one behind. */
    private static List<Runnable> story(Platform<CustomerActivity> platform, List<NaiveFold.Entry> log) {
        List<Runnable> story = new ArrayList<>();
        Cut[] cuts = {Cut.NOTHING, cut(1), cut(2), cut(3)};
        Cut end = Cut.NOTHING.with(ORIGIN, log.size());
        for (int g = 1; g <= 3; g++) {
            int generation = g;
            story.add(() -> platform.foldFrom(log, cuts[generation - 1], generation == 3 ? end : cuts[generation]));
            story.add(() -> {
                platform.header(generation, cuts[generation], 0);
                platform.batch.delete(ViewKeys.header(generation - 2));
            });
            story.add(() -> platform.row(log, generation, cuts[generation], 0, "c-1"));
            story.add(() -> {
                platform.footer(generation, cuts[generation - 1]);
                platform.writer.prune(cuts[generation - 1]);
            });
        }
        return story;
    }

    private static Cut cut(int blocks) {
        return Cut.NOTHING.with(ORIGIN, blocks * Cut.BLOCK);
    }

    private static List<NaiveFold.Entry> log() {
        List<NaiveFold.Entry> log = new ArrayList<>();
        for (int offset = 0; offset < 3 * Cut.BLOCK + 10; offset++) {
            Transaction payment = new Transaction("t" + offset, offset * 37L % 1000, "c-1", "w-1", 1L + offset);
            log.add(new NaiveFold.Entry(new Position(ORIGIN, offset), offset, payment));
        }
        return log;
    }

    private static KeyValues interrupted(KeyValues values, Runnable ahead) {
        return new KeyValues() {
            @Override
            public byte[] get(byte[] key) {
                ahead.run();
                return values.get(key);
            }

            @Override
            public void scan(byte[] prefix, BiConsumer<byte[], byte[]> each) {
                ahead.run();
                values.scan(prefix, each);
            }
        };
    }
}
