package dev.anabranch.event;

import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * One type of event: its topic, its schema, its key, its two times, and the rules a record must keep to be one.
 *
 * @param <E> the class generated from its schema
 */
public final class EventType<E extends SpecificRecord> implements Serializable {
    /** An event may be dated this much past its arrival: clocks differ. One dated later is refused. */
    public static final Duration FUTURE_TOLERANCE = Duration.ofMinutes(5);

    private static final int LONGEST_IDENTIFIER = 256;

    private final String name;
    private final Class<E> type;
    private final Id<E> eventId;
    private final Id<E> key;
    private final String keyField;
    private final Time<E> time;
    private final List<Rule<E>> rules;
    private final boolean derived;
    private transient Wire<E> wire;

    /** An identifier's extractor that may travel to a Spark executor. */
    public interface Id<E> extends Function<E, String>, Serializable {}

    /** A time's extractor that may travel to a Spark executor. */
    public interface Time<E> extends ToLongFunction<E>, Serializable {}

    /** A check that may travel to a Spark executor. */
    public interface Check<E> extends Predicate<E>, Serializable {}

    /** A field's extractor that may travel to a Spark executor. */
    public interface Value<E> extends Function<E, Object>, Serializable {}

    /**
     * What a field must be.
     *
     * @param field the field
     * @param must  the rule, as it follows the field's name: {@code must be 0 or more}
     */
    private record Rule<E>(String field, String must, Value<E> value, Check<E> holds) implements Serializable {}

    private EventType(Declaration<E> declared) {
        name = declared.name;
        type = declared.type;
        eventId = Objects.requireNonNull(declared.eventId, "eventId");
        key = Objects.requireNonNull(declared.key, "key");
        keyField = declared.keyField;
        time = Objects.requireNonNull(declared.time, "time");
        rules = List.copyOf(declared.rules);
        derived = declared.derived;
    }

    public static <E extends SpecificRecord> Declaration<E> named(String name, Class<E> type) {
        return new Declaration<>(name, type);
    }

    public String name() {
        return name;
    }

    public String topic() {
        return Topics.events(name);
    }

    public Class<E> type() {
        return type;
    }

    public Schema schema() {
        return SpecificData.get().getSchema(type);
    }

    /** Whether the platform makes these events itself, of others: nobody else may append one. */
    public boolean isDerived() {
        return derived;
    }

    /** The key its record carries: the entity its topic is partitioned by. */
    public String key(E event) {
        return key.apply(event);
    }

    public String eventId(E event) {
        return eventId.apply(event);
    }

    /** When it happened, in epoch milliseconds. */
    public long eventTimeMillis(E event) {
        return time.applyAsLong(event);
    }

    /** @throws ClassCastException when the record is of another type */
    public E cast(SpecificRecord record) {
        return type.cast(record);
    }

    public byte[] encode(E event) {
        return wire().encode(event);
    }

    /**
     * Whether a record of this type's topic counts as an event.
     *
     * @param recordKey     the record's key, or null
     * @param value         the record's value, or null
     * @param arrivalMillis the record's timestamp: when the broker appended it
     */
    public Admission<E> admit(byte[] recordKey, byte[] value, long arrivalMillis) {
        if (value == null) {
            return Admission.refused("The record of " + name + " must have a value, got none");
        }
        E event;
        try {
            event = wire().decode(value);
        } catch (IllegalArgumentException e) {
            return Admission.refused("The value cannot be read as " + name + ": " + e.getMessage());
        }
        Optional<Violation> broken = check(event, arrivalMillis);
        if (broken.isPresent()) {
            return Admission.refused(broken.get().toString());
        }
        String given = recordKey == null ? null : new String(recordKey, StandardCharsets.UTF_8);
        if (!key(event).equals(given)) {
            return Admission.refused(
                    "The record key must be the event's " + keyField + " '" + key(event) + "', got '" + given + "'");
        }
        return new Admission.Admitted<>(event);
    }

    /** The first rule that {@code event} breaks when it arrives at {@code arrivalMillis}. */
    public Optional<Violation> check(E event, long arrivalMillis) {
        for (Rule<E> rule : rules) {
            if (!rule.holds.test(event)) {
                return Optional.of(new Violation(rule.field, rule.must, String.valueOf(rule.value.apply(event))));
            }
        }
        long latest = arrivalMillis + FUTURE_TOLERANCE.toMillis();
        if (eventTimeMillis(event) > latest) {
            return Optional.of(new Violation(
                    "eventTimeMillis",
                    "must not be more than " + FUTURE_TOLERANCE + " past its arrival " + arrivalMillis,
                    String.valueOf(eventTimeMillis(event))));
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return name;
    }

    private Wire<E> wire() {
        if (wire == null) {
            wire = Wire.of(type); // not serialized with the declaration; two threads may both make one, to no harm
        }
        return wire;
    }

    /**
     * A rule an event breaks.
     *
     * @param field the field
     * @param must  what it must be, as it follows the field's name
     * @param value what it is
     */
    public record Violation(String field, String must, String value) {
        @Override
        public String toString() {
            return field + " " + must + ", got " + value;
        }
    }

    /** An event type being declared. */
    public static final class Declaration<E extends SpecificRecord> {
        private final String name;
        private final Class<E> type;
        private final List<Rule<E>> rules = new ArrayList<>();
        private Id<E> eventId;
        private Id<E> key;
        private String keyField;
        private Time<E> time;
        private boolean derived;

        private Declaration(String name, Class<E> type) {
            if (!name.matches("[a-z][a-z0-9-]*")) {
                throw new IllegalArgumentException(
                        "Event type must be named in lower case, got '" + name + "'; try card-payment");
            }
            this.name = name;
            this.type = type;
        }

        /** What names the event for ever. */
        public Declaration<E> identifiedBy(String field, Id<E> eventId) {
            this.eventId = eventId;
            return identifier(field, eventId);
        }

        /** What its topic is partitioned by. */
        public Declaration<E> keyedBy(String field, Id<E> key) {
            this.key = key;
            this.keyField = field;
            return identifier(field, key);
        }

        /** When it happened. */
        public Declaration<E> happenedAt(Time<E> time) {
            this.time = time;
            return rule("eventTimeMillis", "must not be before 1970", time::applyAsLong, e -> time.applyAsLong(e) >= 0);
        }

        /** The field holds an identifier: 1 to 256 characters, none of them a control character. */
        public Declaration<E> identifier(String field, Id<E> value) {
            String must = "must have 1 to " + LONGEST_IDENTIFIER + " characters and no control characters";
            return rule(field, must, e -> "'" + value.apply(e) + "'", e -> isIdentifier(value.apply(e)));
        }

        /** The field lies between two numbers, both allowed. */
        public Declaration<E> between(String field, long least, long most, Time<E> value) {
            String must = "must be between " + least + " and " + most;
            return rule(
                    field,
                    must,
                    value::applyAsLong,
                    e -> value.applyAsLong(e) >= least && value.applyAsLong(e) <= most);
        }

        public Declaration<E> rule(String field, String must, Value<E> value, Check<E> holds) {
            rules.add(new Rule<>(field, must, value, holds));
            return this;
        }

        /** The platform makes these events itself, of others: nobody else may append one. */
        public Declaration<E> derived() {
            derived = true;
            return this;
        }

        public EventType<E> declare() {
            return new EventType<>(this);
        }
    }

    /** Whether {@code text} may name an entity. */
    public static boolean isIdentifier(String text) {
        if (text == null || text.isEmpty() || text.length() > LONGEST_IDENTIFIER) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) { // a stream costs more than all other checks of an event
            if (Character.isISOControl(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }
}
