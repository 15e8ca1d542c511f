package dev.anabranch.drift;

import java.util.Map;
import java.util.TreeMap;

/** What was observed, by hour: values of inputs and scores, and what came true. Not thread safe. */
public final class ObservedValues {
    private final TreeMap<Long, Map<String, ValueHistogram>> hours = new TreeMap<>();

    /** Adds values of a subject, of the hour that begins at {@code hourMillis}. */
    public void add(long hourMillis, String subject, ValueHistogram values) {
        hours.computeIfAbsent(hourMillis, none -> new TreeMap<>())
                .computeIfAbsent(subject, none -> new ValueHistogram())
                .add(values);
    }

    /** Everything of the hours that begin from {@code fromMillis} on and before {@code toMillis}, by subject. */
    Map<String, ByWeekday> between(long fromMillis, long toMillis) {
        Map<String, ByWeekday> values = new TreeMap<>();
        hours.subMap(fromMillis, toMillis)
                .forEach((hour, subjects) -> subjects.forEach(
                        (subject, histogram) -> values.computeIfAbsent(subject, none -> new ByWeekday())
                                .on(ByWeekday.dayOf(hour))
                                .add(histogram)));
        return values;
    }
}
