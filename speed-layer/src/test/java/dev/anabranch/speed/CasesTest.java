package dev.anabranch.speed;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CasesTest {
    private static final long NOW = 1_750_000_000_000L;
    private static final long PAST_WAITING = Cases.LABEL_WAITS.toMillis() + 1_000;

    private final Sweeps sweeps = new Sweeps();
    private final Cases cases = new Cases(
            new SlabStore(Cases.STORE),
            Duration.ofDays(60),
            sweeps,
            Cases.Counted.of("test", new SimpleMeterRegistry()));

    @Test
    void aCaseThatComesWhileNothingCanBeOverIsClosedInItsTime() throws InterruptedException {
        look(NOW); // at nothing
        label("t1", NOW + 1_000);
        look(NOW + 2_000);
        look(NOW + PAST_WAITING);
        assertThat(cases.of("t1")).as("its time is not over").isNotNull();
        look(NOW + 1_000 + PAST_WAITING);
        assertThat(cases.of("t1")).isNull();
    }

    @Test
    void aClockThatIsSetBackKeepsNoCaseOpen() throws InterruptedException {
        look(NOW + Duration.ofDays(1).toMillis()); // the clock is wrong
        label("t1", NOW);
        look(NOW);
        look(NOW + PAST_WAITING);
        assertThat(cases.of("t1")).isNull();
    }

    private void label(String event, long nowMillis) {
        Case waiting = new Case(List.of(), new Finding(true, 1, nowMillis), nowMillis, List.of());
        cases.keep(event, new CaseFile.Step(waiting, List.of(), Optional.empty()));
    }

    /** Once all that stands in the log has been read. */
    private void look(long nowMillis) throws InterruptedException {
        for (int beat = 0; beat < 3; beat++) {
            sweeps.sweep(() -> true);
            cases.closeSome(nowMillis);
        }
    }
}
