package dev.anabranch.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.view.oracle.NaiveFold;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** The writer gets ahead between any two reads of one query: the order of the reads must make that harmless. */
class InterleavedReadTest {
    private static final View<CustomerActivity> VIEW = ViewFixture.MIXED;
    private static final Origin ORIGIN = new Origin(FraudEvents.TRANSACTION.topic(), 0);
    private static final int READS = 6;

    @Test
    void whoeverReadsBothTopicsAtOnePaceGetsExactAnswersWhateverHappensBetweenTwoReads() {
        assertThat(checkAll(log(), InterleavedReadTest::evenly)).isZero();
    }

    @Test
    void whoeverReadsTheBatchTopicLateGetsAnswersThatAreExactOrSayTheyAreNot() {
        assertThat(checkAll(log(), InterleavedReadTest::batchLate)).isPositive();
    }

    /** How many answers were flagged; the others are exact. */
    private static int checkAll(
            List<NaiveFold.Entry> log,
            BiFunction<Platform<CustomerActivity>, List<NaiveFold.Entry>, List<Runnable>> story) {
        int flagged = 0;
        int length = story.apply(new Platform<>(VIEW), log).size();
        for (int steps = 1; steps <= length; steps++) {
            for (int before = 0; before < READS; before++) {
                for (int done = 0; done + steps <= length; done++) {
                    Platform<CustomerActivity> platform = new Platform<>(VIEW);
                    flagged += check(platform, story.apply(platform, log), log, done, before, steps) ? 0 : 1;
                }
            }
        }
        return flagged;
    }

    /** After {@code done} steps a query starts; before its read number {@code before} come {@code steps} more. */
    private static boolean check(
            Platform<CustomerActivity> platform,
            List<Runnable> story,
            List<NaiveFold.Entry> log,
            int done,
            int before,
            int steps) {
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
        return reading.exact();
    }

    /** Three generations, each published in the order the protocol asks for, and pruned one behind. */
    private static List<Runnable> evenly(Platform<CustomerActivity> platform, List<NaiveFold.Entry> log) {
        List<Runnable> story = new ArrayList<>();
        for (int g = 1; g <= 3; g++) {
            story.add(folding(platform, log, g));
            story.addAll(publishing(platform, log, g));
            story.add(pruning(platform, g));
        }
        return story;
    }

    /** The same, read by someone who sees all of the speed topic before any of the batch topic. */
    private static List<Runnable> batchLate(Platform<CustomerActivity> platform, List<NaiveFold.Entry> log) {
        List<Runnable> story = new ArrayList<>();
        for (int g = 1; g <= 3; g++) {
            story.add(folding(platform, log, g));
            story.add(pruning(platform, g));
        }
        for (int g = 1; g <= 3; g++) {
            story.addAll(publishing(platform, log, g));
        }
        return story;
    }

    private static Runnable folding(Platform<CustomerActivity> platform, List<NaiveFold.Entry> log, int generation) {
        Cut end = generation == 3 ? Cut.NOTHING.with(ORIGIN, log.size()) : cut(generation);
        return () -> platform.foldFrom(log, cut(generation - 1), end);
    }

    private static Runnable pruning(Platform<CustomerActivity> platform, int generation) {
        return () -> platform.writer.prune(cut(generation - 1));
    }

    private static List<Runnable> publishing(
            Platform<CustomerActivity> platform, List<NaiveFold.Entry> log, int generation) {
        return List.of(
                () -> platform.header(generation, cut(generation), 0),
                () -> platform.row(log, generation, cut(generation), 0, "c-1"),
                () -> platform.footer(generation, cut(generation - 1)),
                () -> platform.batch.delete(ViewKeys.header(generation - 2)));
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
