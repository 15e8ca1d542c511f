package dev.anabranch.view.oracle;

import dev.anabranch.view.Cut;
import dev.anabranch.view.Knowledge;
import dev.anabranch.view.Known;
import dev.anabranch.view.Reading;
import dev.anabranch.view.Readings;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * What was known of each entity when an answer was made, by the naive fold: of those that were read then, and of no others.
 */
public final class NaiveKnowledge implements Knowledge {
    private final List<NaiveFold.Entry> log;
    private final List<Readings.Entry> readings;
    private final Function<Readings.Entry, Cut> cuts;

    /**
     * @param readings what was read
     * @param cuts     where the batch part of a reading ended
     */
    public NaiveKnowledge(
            List<NaiveFold.Entry> log, List<Readings.Entry> readings, Function<Readings.Entry, Cut> cuts) {
        this.log = log;
        this.readings = readings;
        this.cuts = cuts;
    }

    @Override
    public <A> CompletionStage<Map<String, WindowValues<A>>> read(
            View<A> view, Collection<String> entities, long atMillis) {
        Map<String, WindowValues<A>> values = new LinkedHashMap<>();
        for (String entity : entities) {
            Readings.Entry reading = readings.stream()
                    .filter(each ->
                            each.view().equals(view.name()) && each.entity().equals(entity))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("'" + entity + "' of " + view + " was not read"));
            Cut asOf = Reading.asOf(cuts.apply(reading), reading.last());
            long end = view.endOfTile(atMillis);
            values.put(entity, new WindowValues<>(view, end, NaiveFold.fold(view, log, Known.upTo(asOf), entity, end)));
        }
        return CompletableFuture.completedFuture(values);
    }
}
