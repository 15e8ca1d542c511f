package dev.anabranch.serving;

import dev.anabranch.contract.BatchFooter;
import dev.anabranch.contract.BatchHeader;
import dev.anabranch.contract.SpeedProgress;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.KeyValues;
import dev.anabranch.view.Reading;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewKeys;
import dev.anabranch.view.ViewReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** One partition of a view, both its topics, as a running task of this replica keeps it. */
final class OwnedPartition<A> {
    private final View<A> view;
    private final int number;
    private final KeyValues batch;
    private final KeyValues speed;
    private final ViewReader<A> reader;
    private final Map<TopicPartition, Long> mustReach = new HashMap<>();
    private volatile boolean caughtUp;

    /**
     * What the footer of a partition stands for.
     *
     * @param generation    its number
     * @param cut           where the speed part takes over
     * @param createdMillis when it was computed
     */
    record Complete(long generation, Cut cut, long createdMillis) {}

    OwnedPartition(View<A> view, int number, KeyValues batch, KeyValues speed) {
        this.view = view;
        this.number = number;
        this.batch = batch;
        this.speed = speed;
        reader = new ViewReader<>(view, batch, speed);
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

    /** Whether it holds all that stood in its topics when its task began to run here. */
    boolean caughtUp() {
        return caughtUp;
    }

    /** Fixes where its topics end as what it must hold to be complete. Only the first call counts. */
    void mustReach(Map<TopicPartition, Long> ends) {
        sources().forEach(source -> mustReach.putIfAbsent(source, ends.get(source)));
    }

    long mustReach(TopicPartition source) {
        return mustReach.get(source);
    }

    void markCaughtUp() {
        caughtUp = true;
    }

    Answer<A> answer(String entity, long atMillis) {
        Reading<A> reading = reader.read(entity, atMillis);
        boolean seen = !reading.unseen() || batch.get(ViewKeys.row(entity)) != null;
        return new Answer<>(reading, seen, signOfLife());
    }

    /** The speed layer's latest sign of life in this partition. */
    Freshness signOfLife() {
        byte[] value = speed.get(ViewKeys.PROGRESS);
        if (value == null) {
            return Freshness.NEVER;
        }
        SpeedProgress progress = Wire.SPEED_PROGRESS.decode(value);
        return new Freshness(progress.getAtMillis(), progress.getNewestArrivalMillis());
    }

    /** The latest generation that is complete here. */
    Optional<Complete> complete() {
        byte[] value = batch.get(ViewKeys.FOOTER);
        if (value == null) {
            return Optional.empty();
        }
        BatchFooter footer = Wire.BATCH_FOOTER.decode(value);
        byte[] opened = batch.get(ViewKeys.header(footer.getGeneration()));
        if (opened == null) {
            return Optional.empty(); // a later generation has just taken its place
        }
        BatchHeader header = Wire.BATCH_HEADER.decode(opened);
        return Optional.of(new Complete(footer.getGeneration(), Cuts.read(header.getCut()), header.getCreatedMillis()));
    }
}
