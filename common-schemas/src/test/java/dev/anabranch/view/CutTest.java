package dev.anabranch.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class CutTest {
    private static final Origin A = new Origin("events.a", 0);
    private static final Origin B = new Origin("events.a", 1);

    @Property
    void everyEventLiesOnExactlyOneSideOfAPublishedCut(
            @ForAll @LongRange(min = 0, max = 10_000) long archived,
            @ForAll @LongRange(min = 0, max = 10_000) long offset) {
        Cut published = Cut.of(Map.of(A, archived)).atBlocks();
        Position position = new Position(A, offset);
        assertThat(published.includes(position)).isNotEqualTo(published.leavesOut(A, position.block()));
    }

    @Property
    void roundingNeverIncludesMoreThanWasArchived(@ForAll @LongRange(min = 0, max = 10_000) long archived) {
        Cut published = Cut.of(Map.of(A, archived)).atBlocks();
        assertThat(published.before(A)).isBetween(Math.max(0, archived - Cut.BLOCK + 1), archived);
        assertThat(published.before(A) % Cut.BLOCK).isZero();
    }

    @Example
    void anOriginThatIsNotNamedHasNothingIncluded() {
        Cut cut = Cut.of(Map.of(A, 2048L));
        assertThat(cut.before(B)).isZero();
        assertThat(cut.leavesOut(B, 0)).isTrue();
        assertThat(cut.covers(Cut.NOTHING)).isTrue();
        assertThat(cut.covers(Cut.of(Map.of(B, 1L)))).isFalse();
        assertThat(Cut.of(Map.of(A, 0L))).isEqualTo(Cut.NOTHING);
    }

    @Example
    void aUnionTakesTheLaterOffsetOfEachOrigin() {
        Cut union = Cut.of(Map.of(A, 5L, B, 9L)).union(Cut.of(Map.of(A, 7L)));
        assertThat(union).isEqualTo(Cut.of(Map.of(A, 7L, B, 9L)));
        assertThat(union.onlyTopics(java.util.Set.of("events.b"))).isEqualTo(Cut.NOTHING);
    }

    @Example
    void aNegativeOffsetIsRefused() {
        assertThatThrownBy(() -> Cut.of(Map.of(A, -1L))).hasMessage("Cut of events.a-0 must be 0 or more, got -1");
    }
}
