package dev.anabranch.speed;

import dev.anabranch.contract.SpeedProgress;
import dev.anabranch.contract.Wire;
import dev.anabranch.event.EventType;
import dev.anabranch.view.Contribution;
import dev.anabranch.view.KeyValues;
import dev.anabranch.view.Reading;
import dev.anabranch.view.SpeedWriter;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewKeys;
import dev.anabranch.view.ViewReader;
import java.time.Duration;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Folds each event into the cells of the entity that its record key names, and hands it on. Where the view is read as
 * well, it is read first: what is handed on is the view as it stood before the event.
 */
final class FoldIntoCells<E extends SpecificRecord, A>
        extends ContextualProcessor<String, Passing<E>, String, Passing<E>> {
    /** A sign of life that says nothing new is left at every idle beat, however late the one before was. */
    private static final Duration SILENCE = Beat.IDLE.minusSeconds(1);

    private final EventType<E> type;
    private final View<A> view;
    private final boolean othersTravel;
    private final Scorability scorability;
    private final Mirrors mirrors;
    private final CommitPace pace;
    private final Watermark watermark;
    private KeyValues.Writable cells;
    private SpeedWriter<A> writer;
    private ViewReader<A> reader;
    private Beat beat;

    /**
     * @param othersTravel whether an event about several entities comes by once for each of them, so that those its
     *     record key does not name are none of this record's business
     * @param travelled    whether events come here from several partitions, though it be on behalf of another view with
     *     the same entities
     * @param scorability  when the view is read before the fold: whether it is worth it; null when it is not read
     * @param mirrors      whether the batch part that is read is whole
     * @param sweeps       whether events that are about the view may be on their way still
     */
    FoldIntoCells(
            EventType<E> type,
            View<A> view,
            boolean othersTravel,
            boolean travelled,
            Scorability scorability,
            Mirrors mirrors,
            Sweeps sweeps,
            CommitPace pace) {
        this.type = type;
        this.view = view;
        this.othersTravel = othersTravel;
        this.scorability = scorability;
        this.mirrors = mirrors;
        this.pace = pace;
        watermark = new Watermark(sweeps, travelled || view.topics().size() > 1);
    }

    @Override
    public void init(ProcessorContext<String, Passing<E>> context) {
        super.init(context);
        cells = ViewStores.open(context, ViewStores.cells(view));
        writer = new SpeedWriter<>(view, cells);
        if (scorability != null) {
            reader = new ViewReader<>(view, ViewStores.open(context, ViewStores.batch(view)), cells);
        }
        beat = new Beat(context, this::signOfLife);
    }

    @Override
    public void process(Record<String, Passing<E>> record) {
        Passing<E> event = record.value();
        Passing<E> read = scorability == null ? event : readBefore(record.key(), event);
        for (Contribution<A> contribution : view.contributions(type.topic(), event.event())) {
            if (contribution.entity().equals(record.key())) {
                writer.fold(contribution, event.position());
            } else if (!othersTravel) {
                throw new IllegalStateException("An event that " + view + " folds where it is must be about its key '"
                        + record.key() + "', got '" + contribution.entity() + "' at " + event.position()
                        + "; let it travel with rekeyedBy(" + view + ")");
            }
        }
        watermark.folded(event.arrivalMillis());
        beat.rouse();
        pace.folded(context());
        context().forward(record.withValue(read));
    }

    private Passing<E> readBefore(String entity, Passing<E> event) {
        if (event.readings().isEmpty()) {
            return event;
        }
        if (!scorability.hasModel()) {
            return event.unscored();
        }
        Reading<A> reading = reader.read(entity, type.eventTimeMillis(event.event()));
        if (reading.cut().includes(event.position())) {
            // This task is so far behind that a batch view has come which counts the event already: no longer "before".
            scorability.overtaken();
            return event.unscored();
        }
        return event.having(mirrors.checked(reading, view, context().taskId().partition()));
    }

    /** Several event types may be folded into one view in one task; what one of them has told holds for all. */
    private void signOfLife(long nowMillis) {
        byte[] before = cells.get(ViewKeys.PROGRESS);
        SpeedProgress told = before == null ? null : Wire.SPEED_PROGRESS.decode(before);
        long newest = Math.max(told == null ? 0 : told.getNewestArrivalMillis(), watermark.millis());
        if (told == null
                || newest > told.getNewestArrivalMillis()
                || nowMillis - told.getAtMillis() >= SILENCE.toMillis()) {
            writer.progress(nowMillis, newest);
        }
    }
}
