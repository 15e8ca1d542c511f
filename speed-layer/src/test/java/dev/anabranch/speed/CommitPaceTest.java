package dev.anabranch.speed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.junit.jupiter.api.Test;

class CommitPaceTest {
    private static final Duration INTERVAL = Duration.ofMillis(25);
    private static final Duration LONGER = Duration.ofMillis(30);

    private long now = Long.MAX_VALUE - 5; // nanoTime may pass it
    private final CommitPace pace = new CommitPace(INTERVAL, () -> now);
    private final MockProcessorContext<Void, Void> context = new MockProcessorContext<>();

    @Test
    void anEventThatComesAloneIsCommittedAtOnce() {
        assertThat(asksForACommit()).as("the first there is").isTrue();
        pace.committed();
        pass(LONGER);
        assertThat(asksForACommit()).isTrue();
    }

    @Test
    void whereTheLastCommitIsAnIntervalAgoKafkaStreamsMakesTheNextItself() {
        pace.committed();
        pass(INTERVAL);
        assertThat(asksForACommit()).isFalse();
        pass(LONGER);
        assertThat(asksForACommit())
                .as("for what is uncommitted a poll does not wait long")
                .isFalse();
    }

    @Test
    void aPollWaitsAPartOfAnIntervalWhileSomethingIsUncommitted() {
        assertThat(pace.wait(INTERVAL)).isEqualTo(INTERVAL);
        asksForACommit();
        assertThat(pace.wait(INTERVAL)).isLessThan(INTERVAL.dividedBy(2)).isPositive();
        assertThat(pace.wait(Duration.ZERO)).isZero();
        pace.committed();
        assertThat(pace.wait(INTERVAL)).isEqualTo(INTERVAL);
    }

    @Test
    void whatAnotherThreadCommitsIsNothingToThisOne() {
        asksForACommit();
        CompletableFuture.runAsync(pace::committed).join();
        assertThat(pace.wait(INTERVAL)).isLessThan(INTERVAL);
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private boolean asksForACommit() {
        context.resetCommit();
        pace.folded(context);
        return context.committed();
    }
}
