package dev.anabranch.explain;

import dev.anabranch.view.Position;
import java.util.List;
import java.util.Map;

/**
 * An event behind a view's values.
 *
 * @param type            of the event
 * @param eventId         names it
 * @param position        where it stands in the log
 * @param eventTimeMillis when it happened
 * @param arrivalMillis   when the broker appended it
 * @param countsAtMillis  the start of the tile it falls in: the time that decides which windows it is in
 * @param part            {@code batch} when it came before the generation's cut, else {@code speed}
 * @param windows         the labels of the windows it is in
 * @param contributed     what the view's measures say of it alone
 */
public record Behind(
        String type,
        String eventId,
        Position position,
        long eventTimeMillis,
        long arrivalMillis,
        long countsAtMillis,
        String part,
        List<String> windows,
        Map<String, Double> contributed) {}
