package dev.anabranch.recommendation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class SituationsTest {
    @Property
    void theBestAreThoseThatWouldComeFirstIfAllWereSorted(
            @ForAll Map<@AlphaChars @StringLength(max = 2) String, @IntRange(max = 5) Integer> values,
            @ForAll @IntRange(max = 8) int most) {
        Map<String, Double> tenths = new HashMap<>();
        values.forEach((key, value) -> tenths.put(key, value / 10.0));
        List<String> sorted = new ArrayList<>(tenths.keySet());
        sorted.sort((one, other) -> tenths.get(one).equals(tenths.get(other))
                ? one.compareTo(other)
                : Double.compare(tenths.get(other), tenths.get(one)));

        assertThat(Situations.best(tenths, most)).isEqualTo(sorted.subList(0, Math.min(most, sorted.size())));
    }
}
