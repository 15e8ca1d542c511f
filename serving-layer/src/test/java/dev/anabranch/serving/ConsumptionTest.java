package dev.anabranch.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.serving.Consumption.By;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ConsumptionTest {
    private static final TopicPartition SOURCE = new TopicPartition("view", 0);

    private final Consumption consumption = new Consumption();

    @Test
    void nothingIsCoveredBeforeTheTaskBegan() {
        consumption.reached(SOURCE, By.PROCESSING, 100);

        assertThat(consumption.covers(SOURCE, 0)).isFalse();
        assertThat(consumption.position(SOURCE)).isEqualTo(-1);
    }

    @Test
    void recordsThatWereHandedOutAndNotYetAppliedAreNotCovered() {
        consumption.restart(SOURCE, By.PROCESSING);
        consumption.polled(SOURCE, By.PROCESSING, 9);
        consumption.reached(SOURCE, By.PROCESSING, 10);
        consumption.applied(SOURCE, By.PROCESSING, 8);

        assertThat(consumption.covers(SOURCE, 10)).isFalse();
        assertThat(consumption.position(SOURCE)).isEqualTo(9);
        consumption.applied(SOURCE, By.PROCESSING, 9);
        assertThat(consumption.covers(SOURCE, 10)).isTrue();
    }

    @Test
    void whatWasHandedOutLaterAndWaitsDoesNotHoldUpWhatCameBefore() {
        consumption.restart(SOURCE, By.RESTORING);
        consumption.polled(SOURCE, By.RESTORING, 9);
        consumption.applied(SOURCE, By.RESTORING, 9);
        consumption.polled(SOURCE, By.RESTORING, 12); // waits until the replica it is copied from has committed it
        consumption.reached(SOURCE, By.RESTORING, 13);

        assertThat(consumption.covers(SOURCE, 10)).isTrue();
        assertThat(consumption.covers(SOURCE, 11)).isFalse();
    }

    @Test
    void transactionMarkersAtTheEndAreCoveredThoughNeverHandedOut() {
        consumption.restart(SOURCE, By.PROCESSING);
        consumption.polled(SOURCE, By.PROCESSING, 9);
        consumption.applied(SOURCE, By.PROCESSING, 9);
        consumption.reached(SOURCE, By.PROCESSING, 11);

        assertThat(consumption.covers(SOURCE, 11)).isTrue();
        assertThat(consumption.position(SOURCE)).isEqualTo(11);
    }

    @Test
    void anEmptyPartitionIsCoveredOnceItsPositionIsKnown() {
        consumption.restart(SOURCE, By.PROCESSING);
        assertThat(consumption.covers(SOURCE, 0)).isFalse();

        consumption.reached(SOURCE, By.PROCESSING, 0);

        assertThat(consumption.covers(SOURCE, 0)).isTrue();
    }

    @Test
    void aTaskThatBeginsAgainForgetsWhatItsPredecessorWasHandedOut() {
        consumption.restart(SOURCE, By.PROCESSING);
        consumption.polled(SOURCE, By.PROCESSING, 9);

        consumption.restart(SOURCE, By.PROCESSING);
        consumption.reached(SOURCE, By.PROCESSING, 10); // restored up to there

        assertThat(consumption.covers(SOURCE, 10)).isTrue();
    }

    @Test
    void whereTheMainConsumerStandsSaysNothingOfAStoreThatIsStillBeingRestored() {
        consumption.restart(SOURCE, By.RESTORING);
        consumption.reached(SOURCE, By.PROCESSING, 10); // where it will go on

        assertThat(consumption.covers(SOURCE, 10)).isFalse();

        consumption.polled(SOURCE, By.RESTORING, 9);
        consumption.reached(SOURCE, By.RESTORING, 10);
        assertThat(consumption.covers(SOURCE, 10)).isFalse();
        consumption.applied(SOURCE, By.RESTORING, 9);
        assertThat(consumption.covers(SOURCE, 10)).isTrue();
    }
}
