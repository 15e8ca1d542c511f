package dev.anabranch.serving;

import com.fasterxml.jackson.databind.JsonNode;
import dev.anabranch.event.EventType;
import dev.anabranch.event.EventType.Violation;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/**
 * Reads JSON objects as events of one type: each field of the schema once, by its name and with its type, and no other
 * field. Then the event must keep the rules of its type.
 */
final class EventJson<E extends SpecificRecord> {
    private final EventType<E> type;
    private final Schema schema;
    private final Constructor<E> constructor;

    /** @throws IllegalArgumentException when the schema has a field of a type that JSON is not read as */
    EventJson(EventType<E> type) {
        this.type = type;
        schema = type.schema();
        constructor = constructor(type.type());
        for (Schema.Field field : schema.getFields()) {
            if (rule(field.schema()) == null) {
                throw new IllegalArgumentException("Field " + field.name() + " of event type " + type
                        + " must be a string, boolean, int, long, double or map of strings to be read from JSON, got "
                        + field.schema().getType());
            }
        }
    }

    EventType<E> type() {
        return type;
    }

    /**
     * Reads one event.
     *
     * @param path       what stands before a field's name in a violation: empty, or {@code [3].}
     * @param nowMillis  when it would arrive
     * @param violations where to put the rules it breaks
     * @return the event, empty when it breaks a rule
     */
    Optional<E> read(JsonNode json, String path, long nowMillis, List<Violation> violations) {
        List<Violation> broken = new ArrayList<>();
        if (!json.isObject()) {
            String whole = path.isEmpty() ? "body" : path.substring(0, path.length() - 1);
            violations.add(new Violation(whole, "must be an object", abridged(json)));
            return Optional.empty();
        }
        E event = empty();
        for (Schema.Field field : schema.getFields()) {
            JsonNode given = json.get(field.name());
            if (given == null) {
                broken.add(new Violation(path + field.name(), "must be given", "nothing"));
            } else {
                Object value = value(field.schema(), given);
                if (value == null) {
                    broken.add(new Violation(path + field.name(), rule(field.schema()), abridged(given)));
                } else {
                    event.put(field.pos(), value);
                }
            }
        }
        for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (schema.getField(name) == null) {
                broken.add(new Violation(path + name, "is not a field of " + type, abridged(json.get(name))));
            }
        }
        if (broken.isEmpty()) {
            type.check(event, nowMillis)
                    .ifPresent(v -> broken.add(new Violation(path + v.field(), v.must(), v.value())));
        }
        violations.addAll(broken);
        return broken.isEmpty() ? Optional.of(event) : Optional.empty();
    }

    private E empty() {
        try {
            return constructor.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Generated records can be made empty, " + type.type() + " cannot", e);
        }
    }

    private static <E> Constructor<E> constructor(Class<E> type) {
        try {
            return type.getConstructor();
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException("Generated records can be made empty, " + type + " cannot", e);
        }
    }

    /** The value as Avro has it, or null when it is of another type. */
    private static Object value(Schema schema, JsonNode given) {
        return switch (schema.getType()) {
            case STRING -> given.isTextual() ? given.textValue() : null;
            case BOOLEAN -> given.isBoolean() ? given.booleanValue() : null;
            case INT -> given.isIntegralNumber() && given.canConvertToInt() ? given.intValue() : null;
            case LONG -> given.isIntegralNumber() && given.canConvertToLong() ? given.longValue() : null;
            case DOUBLE -> given.isNumber() && Double.isFinite(given.doubleValue()) ? given.doubleValue() : null;
            case MAP -> texts(given);
            default -> null;
        };
    }

    /** Text by name, or null when it is anything else. */
    private static Map<String, String> texts(JsonNode given) {
        if (!given.isObject()) {
            return null;
        }
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> each : given.properties()) {
            if (!each.getValue().isTextual()) {
                return null;
            }
            texts.put(each.getKey(), each.getValue().textValue());
        }
        return texts;
    }

    private static String rule(Schema schema) {
        return switch (schema.getType()) {
            case STRING -> "must be text";
            case BOOLEAN -> "must be true or false";
            case INT -> "must be a whole number of 32 bits";
            case LONG -> "must be a whole number of 64 bits";
            case DOUBLE -> "must be a finite number";
            case MAP -> schema.getValueType().getType() == Schema.Type.STRING ? "must be an object of texts" : null;
            default -> null;
        };
    }

    private static String abridged(JsonNode value) {
        String text = value.isContainerNode() ? (value.isArray() ? "an array" : "an object") : value.toString();
        return text.length() <= 100 ? text : text.substring(0, 100) + "...";
    }
}
