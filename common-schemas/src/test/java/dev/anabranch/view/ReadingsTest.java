package dev.anabranch.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.contract.ViewReadings;
import dev.anabranch.recommendation.RecommendationViews;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ReadingsTest {
    private static final List<View<?>> VIEWS =
            List.of(RecommendationViews.USER, RecommendationViews.CATALOGUE, RecommendationViews.ITEM_ACTIVITY);
    private static final Comparator<Readings.Entry> ANY_ORDER =
            Comparator.comparing(Readings.Entry::view).thenComparing(Readings.Entry::entity);

    @Property
    void whatIsWrittenDownIsReadAsItWas(@ForAll("entries") List<Readings.Entry> entries) {
        Readings readings = new Readings();
        entries.forEach(entry -> readings.add(reading(entry)));

        Map<String, Readings.Entry> last = new TreeMap<>(); // of several of one entity
        entries.forEach(entry -> last.put(entry.view() + " " + entry.entity(), entry));
        List<Readings.Entry> read = new ArrayList<>(Readings.read(readings.write()));
        read.sort(ANY_ORDER);
        List<Readings.Entry> expected = new ArrayList<>(last.values());
        expected.sort(ANY_ORDER);
        assertThat(read).isEqualTo(expected);
    }

    @Provide
    Arbitrary<List<Readings.Entry>> entries() {
        Arbitrary<Origin> origins = Arbitraries.integers().between(0, 3).map(p -> new Origin("events.interaction", p));
        Arbitrary<Long> offsets = Arbitraries.longs().between(0, Long.MAX_VALUE - 1);
        Arbitrary<SortedMap<Origin, Long>> last =
                Arbitraries.maps(origins, offsets).ofMaxSize(4).map(TreeMap::new);
        return Combinators.combine(
                        Arbitraries.of(VIEWS).map(View::name),
                        Arbitraries.of("a", "b", "c/☂", ""),
                        Arbitraries.longs().between(0, 2),
                        last)
                .as(Readings.Entry::new)
                .list()
                .ofMaxSize(12);
    }

    @Test
    void aHundredEntitiesOfOneViewTakeAFewBytesEach() {
        Readings readings = new Readings();
        for (int i = 0; i < 100; i++) {
            SortedMap<Origin, Long> last = new TreeMap<>();
            for (int partition = 0; partition < 6; partition++) {
                last.put(new Origin("events.interaction", partition), 5_000_000L + 37 * i);
            }
            readings.add(reading(new Readings.Entry(VIEWS.get(2).name(), "item-" + i, 3, last)));
        }

        int bytes = readings.write().stream()
                .mapToInt(each -> {
                    try {
                        return ViewReadings.getEncoder().encode(each).remaining();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .sum();
        assertThat(bytes / 100).as("bytes of an entity with six origins").isLessThan(25);
    }

    @Test
    void whatDoesNotTellOfEachEntityIsRefused() {
        ViewReadings torn = new ViewReadings("v", 0L, List.of(), List.of("a"), List.of(1L));

        assertThatThrownBy(() -> Readings.read(List.of(torn)))
                .hasMessage("What was read of v must tell of 1 entities and 0 origins each, got 1 offsets");
    }

    private static Reading<?> reading(Readings.Entry entry) {
        return reading(
                VIEWS.stream()
                        .filter(view -> view.name().equals(entry.view()))
                        .findFirst()
                        .orElseThrow(),
                entry);
    }

    private static <A> Reading<A> reading(View<A> view, Readings.Entry entry) {
        WindowValues<A> nothing = WindowValues.empty(view, 0);
        return new Reading<>(
                entry.entity(),
                nothing,
                nothing,
                nothing,
                entry.generation(),
                Cut.NOTHING,
                0,
                entry.last(),
                Optional.empty());
    }
}
