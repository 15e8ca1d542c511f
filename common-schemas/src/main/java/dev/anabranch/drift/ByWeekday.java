package dev.anabranch.drift;

import java.io.Serializable;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.Map;

/**
 * Values by the day of the week they are of, in UTC. What is sold on a Sunday is set beside earlier Sundays: otherwise each
 * weekend would look like drift. Not thread safe.
 */
public final class ByWeekday implements Serializable {
    private final EnumMap<DayOfWeek, ValueHistogram> days = new EnumMap<>(DayOfWeek.class);

    /** The day of the week of a moment, in UTC. */
    public static DayOfWeek dayOf(long epochMillis) {
        return Instant.ofEpochMilli(epochMillis).atZone(ZoneOffset.UTC).getDayOfWeek();
    }

    /** What is counted of a day, to be added to. */
    public ValueHistogram on(DayOfWeek day) {
        return days.computeIfAbsent(day, none -> new ValueHistogram());
    }

    /** The days that anything was counted of. */
    public Map<DayOfWeek, ValueHistogram> days() {
        return Map.copyOf(days);
    }

    /** All days together. */
    public ValueHistogram all() {
        ValueHistogram all = new ValueHistogram();
        days.values().forEach(all::add);
        return all;
    }
}
