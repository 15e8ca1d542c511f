package dev.anabranch.speed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.view.Cut;
import dev.anabranch.view.Known;
import dev.anabranch.view.MemoryKeyValues;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.Reading;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewReader;
import dev.anabranch.view.oracle.NaiveFold;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.streams.test.TestRecord;

/** A publisher of generations of one view, and a reader of its two topics, each as far as it has come. */
final class PacedReader<A> {
    private final Rig rig;
    private final View<A> view;
    private final List<String> entities;
    private final long spanMillis;
    private final MemoryKeyValues batch = new MemoryKeyValues();
    private final MemoryKeyValues speed = new MemoryKeyValues();
    private final ViewReader<A> reader;
    private int batchRead;
    private int speedRead;
    private long generation;
    private Cut cut = Cut.NOTHING;

    PacedReader(Rig rig, View<A> view, List<String> entities, long spanMillis) {
        this.rig = rig;
        this.view = view;
        this.entities = entities;
        this.spanMillis = spanMillis;
        reader = new ViewReader<>(view, batch, speed);
    }

    void publish(Random random, long now) {
        Cut next = cut;
        for (Map.Entry<Origin, Long> end :
                rig.end().onlyTopics(view.topics()).origins().entrySet()) {
            long from = cut.before(end.getKey());
            long to = from + (long) (random.nextDouble() * (end.getValue() - from + 1));
            next = next.with(end.getKey(), to);
        }
        next = next.atBlocks();
        rig.publish(view, ++generation, cut, next, now);
        cut = next;
    }

    void check(Random random, long now) {
        batchRead = apply(rig.batchTopic(view), batchRead, random.nextDouble(), batch);
        speedRead = apply(rig.speedTopic(view), speedRead, random.nextDouble(), speed);
        for (String entity : entities) {
            check(entity, now - (long) (random.nextDouble() * spanMillis));
            check(entity, now);
        }
    }

    /** A reader that has read everything answers exactly, and knows everything. */
    void catchUp(long now) {
        batchRead = apply(rig.batchTopic(view), batchRead, 1, batch);
        speedRead = apply(rig.speedTopic(view), speedRead, 1, speed);
        Known all = (Position position, long arrival) -> true;
        for (String entity : entities) {
            Reading<A> reading = reader.read(entity, now);
            assertThat(reading.inexact()).isEmpty();
            assertThat(reading.merged().values()).isEqualTo(NaiveFold.fold(view, rig.log, all, entity, now));
        }
    }

    private void check(String entity, long at) {
        Reading<A> reading = reader.read(entity, at);
        if (reading.exact()) {
            Known known = Known.upTo(reading.asOf());
            assertThat(reading.merged().values()).isEqualTo(NaiveFold.fold(view, rig.log, known, entity, at));
        }
    }

    private static int apply(List<TestRecord<byte[], byte[]>> topic, int from, double share, MemoryKeyValues to) {
        int until = from + (int) Math.round(share * (topic.size() - from));
        for (TestRecord<byte[], byte[]> record : topic.subList(from, until)) {
            if (record.value() == null) {
                to.delete(record.key());
            } else {
                to.put(record.key(), record.value());
            }
        }
        return until;
    }
}
