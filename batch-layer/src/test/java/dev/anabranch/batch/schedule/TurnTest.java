package dev.anabranch.batch.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TurnTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    Path stateDir;

    @Test
    void aRunIsDueAtTheNextTimeOfItsExpressionByTheClockOfItsZone() {
        Schedule nightly = Schedule.cron("cron", "0 3 * * *", ZoneId.of("Europe/Berlin"), NOON);

        assertThat(nightly.next(NOON)).isEqualTo(Instant.parse("2026-03-02T02:00:00Z"));
        assertThat(nightly.next(Instant.parse("2026-03-28T12:00:00Z"))) // the clocks go forward in that night
                .isEqualTo(Instant.parse("2026-03-29T01:00:00Z"));
    }

    @Test
    void whatWasMissedIsMadeUpForByOneRun() {
        turn(NOON).ran(true, Instant.parse("2026-03-01T12:15:00Z"), Instant.parse("2026-03-01T12:16:00Z"));

        Turn later = turn(NOON.plus(Duration.ofHours(5)));
        assertThat(later.due()).isEqualTo(Instant.parse("2026-03-01T12:30:00Z"));
        later.ran(
                true,
                NOON.plus(Duration.ofHours(5)),
                NOON.plus(Duration.ofHours(5)).plusSeconds(60));
        assertThat(later.due()).isEqualTo(Instant.parse("2026-03-01T17:15:00Z"));
    }

    @Test
    void aClockThatIsSetBackStopsNoRuns() {
        turn(NOON).ran(true, NOON.plus(Duration.ofDays(30)), NOON.plus(Duration.ofDays(30)));

        assertThat(turn(NOON).due()).isEqualTo(Instant.parse("2026-03-01T12:15:00Z"));
    }

    @Test
    void whoIsScheduledForTheFirstTimeHasMissedNothing() {
        assertThat(turn(NOON.plusSeconds(1)).due()).isEqualTo(Instant.parse("2026-03-01T12:15:00Z"));
    }

    @Test
    void aRunThatFailsIsTriedAgainEverLaterAndThenItsNextTimeIsWaitedFor() {
        Turn turn = turn(NOON);
        Instant started = turn.due();

        turn.ran(false, started, started.plusSeconds(10));
        assertThat(turn.due()).isEqualTo(started.plusSeconds(10 + 60));
        turn.ran(false, turn.due(), turn.due());
        assertThat(turn.due()).isEqualTo(started.plusSeconds(10 + 60 + 120));
        turn.ran(false, turn.due(), turn.due());
        assertThat(turn.due()).isEqualTo(Instant.parse("2026-03-01T12:30:00Z"));
    }

    @Test
    void aRunThatOverranItsNextTimeServesTheTimesBeforeItsStartOnly() {
        Turn turn = turn(NOON);

        turn.ran(true, Instant.parse("2026-03-01T12:15:00Z"), Instant.parse("2026-03-01T12:40:00Z"));

        assertThat(turn.due()).isEqualTo(Instant.parse("2026-03-01T12:30:00Z"));
    }

    @Test
    void settingsThatCannotBeMeantAreRefusedByName() {
        assertThatThrownBy(() -> turns(Map.of("anabranch.batch.cron", "often")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "anabranch.batch.cron must be off or a cron expression of five fields, got 'often'");
        assertThatThrownBy(() -> turns(Map.of("anabranch.batch.cron-of.fraud", "0 0 30 2 *")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("anabranch.batch.cron-of.fraud must be off or a cron expression");
        assertThatThrownBy(() -> turns(Map.of("anabranch.batch.cron-of.frauds", "0 0 1 2 *")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got 'frauds'");
    }

    @Test
    void aUseCaseHasAnExpressionOfItsOwnOrTheOneOfAll() {
        List<Turn> turns = turns(Map.of("anabranch.batch.cron-of.fraud", "0 13 * * *"));
        assertThat(turns)
                .extracting(Turn::useCase, turn -> turn.due().toString())
                .contains(tuple("fraud", "2026-03-01T13:00:00Z"), tuple("recommendation", "2026-03-01T12:15:00Z"));

        assertThat(turns(Map.of("anabranch.batch.cron", "off", "anabranch.batch.cron-of.fraud", "0 13 * * *")))
                .extracting(Turn::useCase)
                .containsExactly("fraud");
    }

    @Test
    void aDamagedRecordOfTheLastRunIsNamed() throws Exception {
        Files.writeString(Files.createDirectories(stateDir.resolve("schedule")).resolve("fraud"), "yesterday");

        assertThatThrownBy(() -> turn(NOON))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got 'yesterday'");
    }

    private Turn turn(Instant now) {
        Schedule quarters = Schedule.cron("cron", "*/15 * * * *", ZoneId.of("UTC"), now);
        return new Turn("fraud", quarters, new Served(stateDir), 2, Duration.ofMinutes(1), now);
    }

    private List<Turn> turns(Map<String, String> settings) {
        ScheduleConfig config = new SmallRyeConfigBuilder()
                .withMapping(ScheduleConfig.class)
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .build()
                .getConfigMapping(ScheduleConfig.class);
        return ScheduledRuns.turns(config, stateDir, NOON);
    }
}
