package dev.anabranch.serving;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ConsumptionTest {
    private static final TopicPartition SOURCE = new TopicPartition("view", 0);

    private final Consumption consumption = new Consumption();

    @Test
    void nothingIsCoveredBeforeTheTaskBegan() {
        consumption.reached(SOURCE, 100);

        assertThat(consumption.covers(SOURCE, 0)).isFalse();
        assertThat(consumption.position(SOURCE)).isEqualTo(-1);
    }

    @Test
    void recordsThatWereHandedOutAndNotYetAppliedAreNotCovered() {
        consumption.restart(SOURCE);
        consumption.polled(SOURCE, 9);
        consumption.reached(SOURCE, 10);
        consumption.applied(SOURCE, 8);

        assertThat(consumption.covers(SOURCE, 10)).isFalse();
        assertThat(consumption.position(SOURCE)).isEqualTo(9);
        consumption.applied(SOURCE, 9);
        assertThat(consumption.covers(SOURCE, 10)).isTrue();
    }

    @Test
    void transactionMarkersAtTheEndAreCoveredThoughNeverHandedOut() {
        consumption.restart(SOURCE);
        consumption.polled(SOURCE, 9);
        consumption.applied(SOURCE, 9);
        consumption.reached(SOURCE, 11);

        assertThat(consumption.covers(SOURCE, 11)).isTrue();
        assertThat(consumption.position(SOURCE)).isEqualTo(11);
    }

    @Test
    void anEmptyPartitionIsCoveredOnceItsPositionIsKnown() {
        consumption.restart(SOURCE);
        assertThat(consumption.covers(SOURCE, 0)).isFalse();

        consumption.reached(SOURCE, 0);

        assertThat(consumption.covers(SOURCE, 0)).isTrue();
    }

    @Test
    void aTaskThatBeginsAgainForgetsWhatItsPredecessorWasHandedOut() {
        consumption.restart(SOURCE);
        consumption.polled(SOURCE, 9);

        consumption.restart(SOURCE);
        consumption.reached(SOURCE, 10); // restored up to there

        assertThat(consumption.covers(SOURCE, 10)).isTrue();
    }
}
