package dev.anabranch.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BucketsTest {
    private static final Buckets AMOUNTS = Buckets.geometric(100, 400_000, 4);

    @Property
    void everyFiniteNumberLiesInTheOneBucketWhoseEdgesSayIt(@ForAll float value) {
        int found = AMOUNTS.of(value);
        for (int bucket = 0; bucket < AMOUNTS.count(); bucket++) {
            boolean within = value >= AMOUNTS.from(bucket) && value < AMOUNTS.to(bucket);
            assertThat(bucket == found).isEqualTo(within);
        }
    }

    @Test
    void anEdgeBelongsToTheBucketAboveAndMinusZeroIsZero() {
        Buckets signs = Buckets.at(-1, 0, 1);

        assertThat(signs.of(1)).isEqualTo(3);
        assertThat(signs.of(Math.nextDown(1f))).isEqualTo(2);
        assertThat(signs.of(-0.0f)).isEqualTo(2);
        assertThat(signs.of(Float.MAX_VALUE)).isEqualTo(3);
        assertThat(signs.of(-Float.MAX_VALUE)).isZero();
    }

    @Test
    void whatIsNoFiniteNumberLiesInNone() {
        assertThat(AMOUNTS.of(Float.NaN)).isEqualTo(Buckets.NONE);
        assertThat(AMOUNTS.of(Float.POSITIVE_INFINITY)).isEqualTo(Buckets.NONE);
        assertThat(AMOUNTS.of(Float.NEGATIVE_INFINITY)).isEqualTo(Buckets.NONE);
    }

    @Test
    void geometricEdgesDoubleWithEachOctave() {
        Buckets doubling = Buckets.geometric(0.5, 4, 1);

        assertThat(doubling).isEqualTo(Buckets.at(0.5, 1, 2, 4)).hasToString("[0.5, 1.0, 2.0, 4.0]");
        assertThat(AMOUNTS.count()).isEqualTo(49);
        assertThat(AMOUNTS.from(5)).isEqualTo(200);
    }

    @Test
    void edgesThatDoNotRiseAreRefused() {
        assertThatThrownBy(() -> Buckets.at(1, 1))
                .hasMessage("Edges of buckets must be finite and rise, got [1.0, 1.0]");
        assertThatThrownBy(() -> Buckets.at(Double.NaN)).hasMessageContaining("finite");
        assertThatThrownBy(() -> Buckets.geometric(0, 4, 1))
                .hasMessage(
                        "Geometric buckets must have edges from above 0 up, and 1 or more an octave, got 0.0 to 4.0,"
                                + " 1 an octave");
    }
}
