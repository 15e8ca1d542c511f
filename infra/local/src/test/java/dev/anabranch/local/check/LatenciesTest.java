package dev.anabranch.local.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenciesTest {
    private final Latencies latencies = new Latencies();

    @Test
    void ofNothingThereIsNoPercentile() {
        assertThat(latencies.percentileMillis(0.5)).isEmpty();
    }

    @Test
    void oneIsEveryPercentileOfItself() {
        latencies.record(3_000_000);
        assertThat(latencies.percentileMillis(0.01)).hasValue(3);
        assertThat(latencies.percentileMillis(1)).hasValue(3);
    }

    @Test
    void aPercentileIsTheSmallestThatSoManyDoNotExceed() {
        for (int millis = 2_000; millis >= 1; millis--) {
            latencies.record(millis * 1_000_000L);
        }
        assertThat(latencies.count()).isEqualTo(2_000);
        assertThat(latencies.percentileMillis(0.5)).hasValue(1_000);
        assertThat(latencies.percentileMillis(0.99)).hasValue(1_980);
        assertThat(latencies.percentileMillis(1)).hasValue(2_000);
    }
}
