package dev.anabranch.speed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private static final Duration ASKED = Duration.ofMillis(25);
    private static final long BEGIN = Long.MAX_VALUE - 5; // nanoTime may pass it

    private final Patience patience = new Patience(BEGIN);

    @Test
    void whileRecordsComeAPollWaitsAsLongAsItIsToldTo() {
        assertThat(patience.wait(ASKED, BEGIN + Patience.CALM.toNanos())).isEqualTo(ASKED);
        long later = BEGIN + 10 * Patience.CALM.toNanos();
        patience.came(later);
        assertThat(patience.wait(ASKED, later + Patience.CALM.toNanos())).isEqualTo(ASKED);
    }

    @Test
    void onceNothingHasComeForAWhileItWaitsLonger() {
        long calm = BEGIN + Patience.CALM.toNanos() + 1;
        assertThat(patience.wait(ASKED, calm)).isEqualTo(Patience.LONG);
        assertThat(patience.wait(Duration.ofSeconds(1), calm)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void whoHasOtherWorkToDoDoesNotWait() {
        assertThat(patience.wait(Duration.ZERO, BEGIN + Patience.CALM.toNanos() + 1))
                .isZero();
    }
}
