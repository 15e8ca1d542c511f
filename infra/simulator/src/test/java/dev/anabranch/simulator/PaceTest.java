package dev.anabranch.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaceTest {
    private static final Pace.Start START = new Pace.Start(0, 1_000);

    private final VirtualClock clock = new VirtualClock(1_000_000);

    @Test
    void atMaximumSpeedEveryEventIsDueAtOnce() {
        assertThat(Pace.max().nanosUntilDue(START, 5, Long.MAX_VALUE, clock)).isZero();
    }

    @Test
    void aMultipleShortensTheGapsBetweenEventTimes() {
        assertThat(Pace.times(1).nanosUntilDue(START, 1, 3_000, clock)).isEqualTo(2_000_000_000L);
        assertThat(Pace.times(1000).nanosUntilDue(START, 1, 3_000, clock)).isEqualTo(2_000_000L);
    }

    @Test
    void aRateLooksAtTheCountAlone() {
        assertThat(Pace.perSecond(500).nanosUntilDue(START, 10, 99_000, clock)).isEqualTo(20_000_000L);
    }

    @Test
    void asItHappensWaitsForTheMachinesClockToReachTheEventsTime() {
        assertThat(Pace.asItHappens().nanosUntilDue(START, 0, 1_000_007, clock)).isEqualTo(7_000_000L);
        assertThat(Pace.asItHappens().nanosUntilDue(START, 0, 999_999, clock)).isNegative();
    }

    @Test
    void aSpeedIsReadAsMaxOrMultipleOrRate() {
        assertThat(Pace.parse("max")).isEqualTo(Pace.max());
        assertThat(Pace.parse("1")).isEqualTo(Pace.times(1));
        assertThat(Pace.parse("1000")).isEqualTo(Pace.times(1000));
        assertThat(Pace.parse("500/s")).isEqualTo(Pace.perSecond(500));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "NaN", "Infinity", "0/s", "fast", "", "/s"})
    void anyOtherSpeedIsRefused(String text) {
        assertThatThrownBy(() -> Pace.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be");
    }

    @Test
    void aWrongSpeedIsNamed() {
        assertThatThrownBy(() -> Pace.parse("fast"))
                .hasMessage("Speed must be max, a number such as 1 or 1000, or a rate such as 500/s, got 'fast'");
    }
}
