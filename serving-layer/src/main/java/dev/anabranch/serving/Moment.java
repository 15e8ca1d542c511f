package dev.anabranch.serving;

import dev.anabranch.event.EventType;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** The moment a question is about: what windows end at. */
public final class Moment {
    private Moment() {}

    /**
     * Reads epoch milliseconds or an ISO-8601 instant.
     *
     * @param given a whole number or text, as the request has it; null for now
     * @param field how the request calls it
     * @return epoch milliseconds
     * @throws Refused when it is neither, lies before 1970, or further ahead than an event may be dated
     */
    public static long read(Object given, String field, long nowMillis) {
        if (given == null) {
            return nowMillis;
        }
        long atMillis = parse(given, field);
        if (atMillis < 0) {
            throw new Refused(field, "must not be before 1970", String.valueOf(given));
        }
        if (atMillis > nowMillis + EventType.FUTURE_TOLERANCE.toMillis()) {
            throw new Refused(
                    field,
                    "must not be more than " + EventType.FUTURE_TOLERANCE + " past now, " + nowMillis,
                    String.valueOf(given));
        }
        return atMillis;
    }

    private static long parse(Object given, String field) {
        try {
            if (given instanceof Long || given instanceof Integer) {
                return ((Number) given).longValue();
            }
            if (given instanceof String text) {
                return text.matches("-?\\d+")
                        ? Long.parseLong(text)
                        : Instant.parse(text).toEpochMilli();
            }
        } catch (NumberFormatException | DateTimeParseException | ArithmeticException e) {
            throw refused(given, field);
        }
        throw refused(given, field);
    }

    private static Refused refused(Object given, String field) {
        return new Refused(field, "must be epoch milliseconds or an ISO-8601 instant", "'" + given + "'");
    }
}
