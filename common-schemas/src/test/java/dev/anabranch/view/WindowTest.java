package dev.anabranch.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class WindowTest {
    private static final long AT = 1_700_000_000_123L;
    private static final Window DAY = Window.last(Duration.ofDays(1));
    private static final long DAY_MILLIS = 86_400_000;

    @Example
    void anEventAtExactlyTheMomentAskedAboutIsOut() {
        assertThat(DAY.contains(AT, AT)).isFalse();
        assertThat(DAY.contains(AT - 1, AT)).isTrue();
    }

    @Example
    void anEventAtExactlyTheLowerEdgeIsIn() {
        assertThat(DAY.contains(AT - DAY_MILLIS, AT)).isTrue();
        assertThat(DAY.contains(AT - DAY_MILLIS - 1, AT)).isFalse();
    }

    @Example
    void aDelayMovesBothEdges() {
        Window delayed = DAY.delayedBy(Duration.ofDays(7));
        assertThat(delayed.contains(AT - 7 * DAY_MILLIS, AT)).isFalse();
        assertThat(delayed.contains(AT - 7 * DAY_MILLIS - 1, AT)).isTrue();
        assertThat(delayed.contains(AT - 8 * DAY_MILLIS, AT)).isTrue();
        assertThat(delayed.contains(AT - 8 * DAY_MILLIS - 1, AT)).isFalse();
    }

    @Property
    void aCoarseHopRoundsBothEdgesDownToIt(@ForAll @LongRange(min = 0, max = 4_000_000_000_000L) long at) {
        Window hourly = DAY.hopping(Duration.ofHours(1));
        assertThat(hourly.fromMillis(at) % 3_600_000).isZero();
        assertThat(hourly.toMillis(at) % 3_600_000).isZero();
        assertThat(hourly.toMillis(at)).isBetween(at - 3_599_999, at);
        assertThat(hourly.toMillis(at) - hourly.fromMillis(at)).isEqualTo(DAY_MILLIS);
    }

    @Property
    void aTileLiesWhollyInsideAWindowOrWhollyOutside(
            @ForAll @LongRange(min = 0, max = 1_000_000) long at,
            @ForAll @LongRange(min = 0, max = 1_000_000) long time) {
        Window window = Window.last(Duration.ofMillis(600))
                .delayedBy(Duration.ofMillis(70))
                .hopping(Duration.ofMillis(20));
        View<dev.anabranch.fraud.CustomerActivity> view = ViewFixture.view(window);
        assertThat(window.contains(view.tileStart(time), at)).isEqualTo(window.contains(time, at));
    }

    @Example
    void impossibleWindowsAreRefusedByName() {
        assertThatThrownBy(() -> Window.last(Duration.ZERO))
                .hasMessage("Window length must be longer than zero and a multiple of the hop PT0.001S, got PT0S; try"
                        + " PT0.01S");
        assertThatThrownBy(() -> DAY.delayedBy(Duration.ofSeconds(-1)))
                .hasMessageContaining("delay must be zero or more");
        assertThatThrownBy(() -> DAY.hopping(Duration.ofNanos(1))).hasMessageContaining("hop must be a whole number");
        assertThatThrownBy(() -> DAY.hopping(Duration.ofHours(7))).hasMessageContaining("multiple of the hop PT7H");
    }

    @Example
    void aLabelIsFitForAFeature() {
        assertThat(DAY.label()).isEqualTo("1d");
        assertThat(Window.last(Duration.ofMinutes(90)).label()).isEqualTo("90m");
        assertThat(DAY.delayedBy(Duration.ofDays(7)).label()).isEqualTo("1d.delay.7d");
    }
}
