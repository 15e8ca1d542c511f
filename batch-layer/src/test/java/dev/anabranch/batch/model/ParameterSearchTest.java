package dev.anabranch.batch.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParameterSearchTest {
    private final ParameterSearch search = new ParameterSearch(values());

    @Test
    void aGridHasEachCombinationOnce() {
        assertThat(search.grid())
                .hasSize(6)
                .doesNotHaveDuplicates()
                .startsWith(Map.of("rank", 8.0, "alpha", 1.0), Map.of("rank", 8.0, "alpha", 5.0));
    }

    @Test
    void atRandomEachIsTriedOnceAndTheSeedSaysWhich() {
        assertThat(search.random(4, 7)).hasSize(4).doesNotHaveDuplicates().isEqualTo(search.random(4, 7));
        assertThat(search.random(100, 7)).containsExactlyInAnyOrderElementsOf(search.grid());
    }

    @Test
    void aValueThatComesTwiceIsRefused() {
        assertThatThrownBy(() -> new ParameterSearch(Map.of("rank", List.of(8.0, 8.0))))
                .hasMessage("The values of rank must be different and at least one, got [8.0, 8.0]");
    }

    private static Map<String, List<Double>> values() {
        Map<String, List<Double>> values = new LinkedHashMap<>();
        values.put("rank", List.of(8.0, 16.0, 32.0));
        values.put("alpha", List.of(1.0, 5.0));
        return values;
    }
}
