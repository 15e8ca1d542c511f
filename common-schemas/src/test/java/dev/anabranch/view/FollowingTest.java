package dev.anabranch.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FollowingTest {
    private final Following following = new Following("view.v.batch-0", Duration.ofMillis(1000));

    @Test
    void aReaderIsNotWholeBeforeItKnowsWhereTheTopicEnds() {
        following.fetched(5);
        following.applied(100);
        assertThat(following.whyNotWhole())
                .contains("Still reading view.v.batch-0: at offset 100 of its end, not yet asked for");
        following.ended(100, 6);
        assertThat(following.whyNotWhole()).isEmpty();
    }

    @Test
    void aTopicWithNothingInItIsRead() {
        following.ended(0, 5);
        assertThat(following.whyNotWhole()).isEmpty();
    }

    @Test
    void aReaderIsWholeWhenItHasAppliedEverythingBeforeTheEnd() {
        following.ended(100, 5);
        following.fetched(6);
        following.applied(99);
        assertThat(following.whyNotWhole()).contains("Still reading view.v.batch-0: at offset 99 of 100");
        following.applied(100);
        assertThat(following.whyNotWhole()).isEmpty();
    }

    @Test
    void aBusyTopicIsReadToAnEndThatHasLongMovedOn() {
        following.ended(100, 5);
        following.fetched(6);
        following.applied(50);
        following.ended(200, 10);
        following.applied(100);
        assertThat(following.whyNotWhole()).isEmpty();
    }

    @Test
    void whatIsFetchedAfterALongPauseMayHaveHolesUntilTheEndIsReached() {
        whole();
        following.fetched(1005);
        following.applied(110);
        assertThat(following.whyNotWhole())
                .as("exactly as long as the broker promises")
                .isEmpty();
        following.fetched(1006);
        assertThat(following.whyNotWhole())
                .hasValueSatisfying(why -> assertThat(why).contains("more than 1000 ms behind", "at offset 110"));
        following.ended(200, 1007);
        following.applied(199);
        assertThat(following.whyNotWhole()).isPresent();
        following.applied(200);
        assertThat(following.whyNotWhole()).isEmpty();
    }

    @Test
    void aReaderThatFetchesNothingStaysAsWholeAsItWas() {
        whole();
        following.ended(200, 50_000);
        assertThat(following.whyNotWhole()).isEmpty();
    }

    @Test
    void anEndThatWasAskedForTooLongAgoProvesNothing() {
        following.ended(100, 0);
        following.fetched(2000);
        following.applied(100);
        assertThat(following.whyNotWhole())
                .as("records before offset 100 may have successors after it")
                .isPresent();
        following.ended(150, 2001);
        following.applied(150);
        assertThat(following.whyNotWhole()).isEmpty();
    }

    @Test
    void whoReadWhileItWasNotWholeIsToldSoEvenIfItIsByThen() {
        whole();
        Following.Mark before = following.mark();
        assertThat(following.whyNotWhole(before)).isEmpty();
        following.fetched(5000);
        Following.Mark between = following.mark();
        following.ended(200, 5001);
        following.applied(200);
        assertThat(following.whyNotWhole()).isEmpty();
        assertThat(following.whyNotWhole(before)).contains("Reading view.v.batch-0 has only just caught up");
        assertThat(following.whyNotWhole(between)).contains("Reading view.v.batch-0 has only just caught up");
    }

    /** At offset 100 of 100, asked for at 5. */
    private void whole() {
        following.ended(100, 5);
        following.fetched(5);
        following.applied(100);
        assertThat(following.whyNotWhole()).isEmpty();
    }
}
