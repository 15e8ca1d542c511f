package dev.anabranch.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.faults.inject.Kind;
import dev.anabranch.faults.inject.Kinds;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultScheduleTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration APART = Duration.ofSeconds(4);

    @Test
    void theSameSeedGivesTheSameSchedule() {
        List<Kind> kinds = Kinds.all();
        assertThat(FaultSchedule.of(7, kinds, HOUR, APART)).isEqualTo(FaultSchedule.of(7, kinds, HOUR, APART));
        assertThat(FaultSchedule.of(7, kinds, HOUR, APART)).isNotEqualTo(FaultSchedule.of(8, kinds, HOUR, APART));
    }

    @Test
    void everyKindComesOnceBeforeAnyComesAgain() {
        List<Kind> kinds = Kinds.all();
        List<FaultSchedule.Planned> planned =
                FaultSchedule.of(3, kinds, HOUR, APART).faults();
        for (int from = 0; from + kinds.size() <= planned.size(); from += kinds.size()) {
            assertThat(planned.subList(from, from + kinds.size()))
                    .extracting(FaultSchedule.Planned::kind)
                    .containsExactlyInAnyOrderElementsOf(kinds);
        }
    }

    @Test
    void faultsBeginWithinTheRoundInOrderAndLastAsLongAsTheirKindMay() {
        List<FaultSchedule.Planned> planned =
                FaultSchedule.of(3, Kinds.all(), HOUR, APART).faults();
        assertThat(planned).hasSizeBetween(700, 1_100).allSatisfy(one -> {
            assertThat(one.at()).isLessThan(HOUR);
            assertThat(one.lasts()).isBetween(one.kind().shortest(), one.kind().longest());
        });
        assertThat(planned).extracting(FaultSchedule.Planned::at).isSorted();
    }

    @Test
    void whatDoesNotBearWhatIsUnderWayLetsOthersGoFirstButNotForEver() {
        FaultSchedule.Planned broker = planned("kill-broker", 1);
        FaultSchedule.Planned archiver = planned("kill-archiver", 2);
        FaultSchedule.Planned batch = planned("pause-batch", 3);
        List<FaultSchedule.Planned> pending = List.of(broker, archiver, batch);
        List<Kind> underWay = List.of(kind("kill-speed"));

        assertThat(FaultSchedule.next(pending, underWay, Duration.ofMillis(1_500)))
                .as("only the broker is due, and the speed layer leans on it")
                .isEmpty();
        assertThat(FaultSchedule.next(pending, underWay, Duration.ofSeconds(10)))
                .contains(archiver);
        assertThat(FaultSchedule.next(pending, underWay, Duration.ofSeconds(40)))
                .as("the broker has waited for so long that nobody who leans on it begins")
                .contains(batch);
        assertThat(FaultSchedule.next(pending, List.of(), Duration.ofSeconds(40)))
                .contains(broker);
    }

    private static FaultSchedule.Planned planned(String kind, int second) {
        return new FaultSchedule.Planned(Duration.ofSeconds(second), kind(kind), Duration.ZERO, 0);
    }

    private static Kind kind(String name) {
        return Kinds.all().stream()
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void withoutAKindThereIsNoSchedule() {
        assertThatThrownBy(() -> FaultSchedule.of(1, List.of(), HOUR, APART))
                .hasMessage("A schedule must have a kind of fault, got none");
    }

    @Test
    void kindsHaveNamesOfTheirOwnAndBearEachOtherBothWays() {
        List<Kind> kinds = Kinds.all();
        assertThat(new HashSet<>(kinds.stream().map(Kind::name).toList())).hasSameSizeAs(kinds);
        for (Kind one : kinds) {
            for (Kind other : kinds) {
                assertThat(one.bears(other)).isEqualTo(other.bears(one));
            }
        }
    }

    @Test
    void nothingElseHappensWhileEverythingIsKilled() {
        assertThat(Kinds.all()).noneMatch(kind("kill-all")::bears);
    }
}
