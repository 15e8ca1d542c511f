package dev.anabranch.view;

import dev.anabranch.event.EventType;
import java.io.Serializable;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.apache.avro.specific.SpecificRecord;

/**
 * How the events of one type enter a view: whom they are about, when they count, and as what.
 *
 * <pre>{@code
 * Source.of(FRAUD_LABEL)
 *       .by(FraudLabel::getTerminalId)
 *       .at(FraudLabel::getTransactionTimeMillis)
 *       .when(FraudLabel::getFraud)
 *       .as(label -> TerminalActivity.FRAUD)
 * }</pre>
 *
 * @param type   the events
 * @param entity the key of the entity an event is about
 * @param time   the time that decides which window it falls in, in epoch milliseconds, never past its event time
 * @param filter the events that count at all
 * @param lift   one event as an aggregate
 */
public record Source<E extends SpecificRecord, A>(
        EventType<E> type, Entity<E> entity, Time<E> time, Filter<E> filter, Lift<E, A> lift) implements Serializable {
    /** A key extractor that may travel to a Spark executor. */
    public interface Entity<E> extends Function<E, String>, Serializable {}

    /** A time extractor that may travel to a Spark executor. */
    public interface Time<E> extends ToLongFunction<E>, Serializable {}

    /** A filter that may travel to a Spark executor. */
    public interface Filter<E> extends Predicate<E>, Serializable {}

    /** A conversion to an aggregate that may travel to a Spark executor. */
    public interface Lift<E, A> extends Function<E, A>, Serializable {}

    public Source {
        Objects.requireNonNull(type);
        Objects.requireNonNull(entity);
        Objects.requireNonNull(time);
        Objects.requireNonNull(filter);
        Objects.requireNonNull(lift);
    }

    public static <E extends SpecificRecord> Events<E> of(EventType<E> type) {
        return new Events<>(type);
    }

    /** Events of one type, entity not yet named. */
    public record Events<E extends SpecificRecord>(EventType<E> type) {
        public Keyed<E> by(Entity<E> entity) {
            return new Keyed<>(type, entity, type::eventTimeMillis, event -> true);
        }
    }

    /** Events of one type with their entity: what they count as is still to be said. */
    public record Keyed<E extends SpecificRecord>(EventType<E> type, Entity<E> entity, Time<E> time, Filter<E> filter) {
        /** The time that decides which window an event falls in, when it is not its event time. */
        public Keyed<E> at(Time<E> time) {
            return new Keyed<>(type, entity, time, filter);
        }

        /** Only these events count. */
        public Keyed<E> when(Filter<E> filter) {
            return new Keyed<>(type, entity, time, filter);
        }

        public <A> Source<E, A> as(Lift<E, A> lift) {
            return new Source<>(type, entity, time, filter, lift);
        }
    }
}
