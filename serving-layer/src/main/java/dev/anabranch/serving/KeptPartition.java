package dev.anabranch.serving;

import dev.anabranch.contract.SpeedProgress;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.view.KeyValues;
import dev.anabranch.view.LastDecoded;
import dev.anabranch.view.Reading;
import dev.anabranch.view.ReadingSums;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewKeys;
import dev.anabranch.view.ViewReader;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.apache.kafka.common.TopicPartition;

/**
 * One partition of a view, both its topics, as a task of this replica keeps it: active, or as a standby copy of what
 * another replica keeps. What was complete once stays so when a copy becomes active: it is the same memory.
 */
final class KeptPartition<A> {
    private final View<A> view;
    private final int number;
    private final KeyValues batch;
    private final KeyValues speed;
    private final ViewReader<A> reader;
    private final LastDecoded<Freshness> signs = new LastDecoded<>(KeptPartition::freshness);
    private volatile boolean active;
    private volatile Goal goal = new Goal();
    private volatile boolean complete;

    KeptPartition(View<A> view, int number, KeyValues batch, KeyValues speed, ReadingSums.Keeper sums) {
        this.view = view;
        this.number = number;
        this.batch = batch;
        this.speed = speed;
        reader = new ViewReader<>(view, batch, speed, sums);
    }

    View<A> view() {
        return view;
    }

    int number() {
        return number;
    }

    /** Where it is read from: the batch topic's partition and the speed topic's. */
    List<TopicPartition> sources() {
        return List.of(
                new TopicPartition(Topics.batchView(view.name()), number),
                new TopicPartition(Topics.speedView(view.name()), number));
    }

    /** What it must hold to be complete: all that stood in its topics when somebody looked. */
    static final class Goal {
        private Map<TopicPartition, Long> ends;

        private Goal() {}
    }

    /** Whether this replica is the one that is asked first, and not a standby. */
    boolean active() {
        return active;
    }

    void active(boolean active) {
        this.active = active;
    }

    /**
     * Whether it holds a state that once was: all that stood in its topics after it was opened, and everything since in
     * order. Before that, and after reading so late that compaction may have gone before it, its state may be one that
     * never was.
     */
    boolean complete() {
        return complete;
    }

    /** To be taken before the ends of its topics are asked for: what it falls behind later, they do not count for. */
    Goal goal() {
        return goal;
    }

    /**
     * Becomes complete if it has come as far as its topics reached when they were first asked about.
     *
     * @param ends    where its topics end
     * @param covered whether queries see everything of a source before an offset
     */
    synchronized void look(Goal goal, Map<TopicPartition, Long> ends, BiPredicate<TopicPartition, Long> covered) {
        if (complete || goal != this.goal) {
            return;
        }
        if (goal.ends == null) {
            goal.ends = Map.copyOf(ends);
        }
        complete = sources().stream().allMatch(source -> covered.test(source, goal.ends.get(source)));
    }

    /** It is not complete any more, until it has come as far as its topics reach from now on. */
    synchronized void fellBehind() {
        goal = new Goal();
        complete = false;
    }

    Answer<A> answer(String entity, long atMillis) {
        // First the sign: one that came while the reading is made would vouch for events the reading has missed.
        Freshness sign = signOfLife();
        Reading<A> reading = reader.read(entity, atMillis);
        boolean seen = !reading.unseen() || batch.get(ViewKeys.row(entity)) != null;
        return new Answer<>(reading, seen, sign, !active);
    }

    /** The speed layer's latest sign of life in this partition. */
    Freshness signOfLife() {
        byte[] value = speed.get(ViewKeys.PROGRESS);
        return value == null ? Freshness.NEVER : signs.of(value);
    }

    private static Freshness freshness(byte[] sign) {
        SpeedProgress progress = Wire.SPEED_PROGRESS.decode(sign);
        return new Freshness(progress.getAtMillis(), progress.getNewestArrivalMillis());
    }
}
