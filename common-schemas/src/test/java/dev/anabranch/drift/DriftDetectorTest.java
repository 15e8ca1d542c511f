package dev.anabranch.drift;

import static dev.anabranch.drift.ShiftTest.on;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anabranch.contract.DriftFinding;
import java.time.DayOfWeek;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class DriftDetectorTest {
    private static final DayOfWeek DAY = DayOfWeek.FRIDAY;
    private static final long DAY_MILLIS = 86_400_000;
    /** A Friday, midnight. */
    private static final long FRIDAY = 1_750_982_400_000L;

    private static final String AMOUNT = DriftDetector.feature("amount-cents");
    private static final Predicate<DriftFinding> NONE = finding -> false;

    private final DriftDetector detector =
            new DriftDetector(new DriftThresholds(0.2, 0.05, 3, 0.1, 0.05, 1.5, 0.001, 500));

    @Test
    void whatIsAsItWasIsNoAlert() {
        List<DriftFinding> findings = compare(AMOUNT, on(DAY, 9_000, 10, 1_000, 50), on(DAY, 905, 10, 95, 50), NONE);

        assertThat(findings).extracting(DriftFinding::getStatistic).containsExactly("psi", "ks", "missing");
        assertThat(findings).noneMatch(DriftFinding::getRaised);
        assertThat(findings)
                .allMatch(finding ->
                        finding.getRows() == 1_000 && finding.getWindow().equals("1d"));
    }

    @Test
    void whatIsFarFromWhatItWasIsAnAlert() {
        List<DriftFinding> findings = compare(AMOUNT, on(DAY, 9_000, 10, 1_000, 50), on(DAY, 600, 10, 400, 50), NONE);

        assertThat(of(findings, "psi").getRaised()).isTrue();
        assertThat(of(findings, "ks").getRaised()).isTrue();
        assertThat(of(findings, "ks").getValue()).isCloseTo(0.3, within(1e-9));
        assertThat(of(findings, "ks").getDetail()).startsWith("p ");
        assertThat(of(findings, "missing").getRaised()).isFalse();
    }

    @Test
    void fewValuesAreNoAlertHoweverFarTheyAre() {
        List<DriftFinding> findings = compare(AMOUNT, on(DAY, 9_000, 10, 1_000, 50), on(DAY, 0, 10, 499, 50), NONE);

        assertThat(findings).noneMatch(DriftFinding::getRaised);
        assertThat(of(findings, "psi").getDetail()).isEqualTo("fewer than 500 values");
    }

    @Test
    void littleIsAnAlertWhereItIsThreeTimesWhatIsUsual() {
        ByWeekday reference = new ByWeekday();
        ObservedValues quiet = new ObservedValues();
        ObservedValues restless = new ObservedValues();
        for (int days = 0; days <= 14; days++) {
            long hour = FRIDAY - days * DAY_MILLIS;
            reference
                    .on(ByWeekday.dayOf(hour))
                    .add(on(DAY, 9_000, 10, 1_000, 50).all());
            boolean today = days == 0;
            quiet.add(
                    hour,
                    AMOUNT,
                    today
                            ? on(DAY, 820, 10, 180, 50).all()
                            : on(DAY, 900, 10, 100, 50).all());
            restless.add(hour, AMOUNT, on(DAY, 820, 10, 180, 50).all());
        }

        DriftFinding unusual = of(oneDay(look(reference, quiet)), "psi");
        DriftFinding usual = of(oneDay(look(reference, restless)), "psi");

        assertThat(unusual.getValue())
                .isCloseTo(usual.getValue(), within(1e-12))
                .isBetween(0.05, 0.07);
        assertThat(unusual.getThreshold()).isEqualTo(0.05);
        assertThat(unusual.getRaised()).isTrue();
        assertThat(usual.getThreshold())
                .isCloseTo(3 * usual.getValue(), within(1e-3)); // weekdays have not equally many rows
        assertThat(usual.getRaised()).isFalse();
    }

    @Test
    void aFewDaysThatWereOtherwiseDoNotSayWhatIsUsual() {
        ByWeekday reference = on(DAY, 9_000, 10, 1_000, 50);
        ObservedValues observed = new ObservedValues();
        for (int days = 0; days <= 14; days++) {
            boolean otherwise = days >= 1 && days <= 3;
            observed.add(
                    FRIDAY - days * DAY_MILLIS,
                    AMOUNT,
                    (otherwise ? on(DAY, 900, 10, 100, 50) : on(DAY, 820, 10, 180, 50)).all());
        }

        DriftFinding psi = of(oneDay(look(reference, observed)), "psi");

        assertThat(psi.getThreshold()).isCloseTo(3 * psi.getValue(), within(1e-2));
        assertThat(psi.getRaised()).isFalse();
    }

    @Test
    void whatIsUsualIsNotKnownFromFourDays() {
        ByWeekday reference = on(DAY, 9_000, 10, 1_000, 50);
        ObservedValues observed = new ObservedValues();
        for (int days = 0; days <= 4; days++) {
            observed.add(
                    FRIDAY - days * DAY_MILLIS,
                    AMOUNT,
                    on(DAY, 900, 10, 100, 50).all());
        }
        assertThat(of(oneDay(look(reference, observed)), "psi").getThreshold()).isEqualTo(0.2);

        observed.add(FRIDAY - 5 * DAY_MILLIS, AMOUNT, on(DAY, 900, 10, 100, 50).all());
        assertThat(of(oneDay(look(reference, observed)), "psi").getThreshold()).isEqualTo(0.05);
    }

    private List<DriftFinding> look(ByWeekday reference, ObservedValues observed) {
        return detector.look(Map.of(AMOUNT, reference), observed, FRIDAY + DAY_MILLIS, NONE);
    }

    @Test
    void missingValuesAreAnAlertOfTheirOwn() {
        List<DriftFinding> findings =
                compare(AMOUNT, on(DAY, 9_900, 10, 100, Double.NaN), on(DAY, 930, 10, 70, Double.NaN), NONE);

        assertThat(of(findings, "missing").getRaised()).isTrue();
        assertThat(of(findings, "missing").getValue()).isCloseTo(0.06, within(1e-9));
        assertThat(of(findings, "missing").getDetail()).isEqualTo("0.0700 beside 0.0100");
    }

    @Test
    void anAlertStaysOneUntilTheFigureIsAFifthBelowItsThreshold() {
        ByWeekday reference = on(DAY, 9_000, 10, 1_000, 50);
        Predicate<DriftFinding> before = finding -> finding.getStatistic().equals("ks");

        assertThat(of(compare(AMOUNT, reference, on(DAY, 810, 10, 190, 50), NONE), "ks")
                        .getRaised())
                .isFalse();
        assertThat(of(compare(AMOUNT, reference, on(DAY, 810, 10, 190, 50), before), "ks")
                        .getRaised())
                .isTrue();
        assertThat(of(compare(AMOUNT, reference, on(DAY, 825, 10, 175, 50), before), "ks")
                        .getRaised())
                .isFalse();
    }

    @Test
    void positivesThatBecomeFrequentOrRareAreAnAlert() {
        ByWeekday reference = on(DAY, 19_800, 0, 200, 1);

        DriftFinding more = rate(reference, on(DAY, 4_900, 0, 100, 1));
        DriftFinding fewer = rate(reference, on(DAY, 5_000, 0, 5, 1));
        DriftFinding few = rate(reference, on(DAY, 490, 0, 9, 1));
        DriftFinding uncertain = rate(reference, on(DAY, 490, 0, 10, 1));

        assertThat(more.getRaised()).isTrue();
        assertThat(more.getValue()).isCloseTo(2, within(0.01));
        assertThat(fewer.getRaised()).isTrue();
        assertThat(fewer.getValue()).isGreaterThan(9);
        assertThat(few.getRaised()).isFalse();
        assertThat(uncertain.getRaised()).isFalse(); // twice as many, of ten
        assertThat(uncertain.getValue()).isGreaterThan(1.5);
    }

    @Test
    void aSinglePredictionThatCannotBeMadeAgainIsAnAlert() {
        assertThat(detector.skew(1_000, 0, "1d").getRaised()).isFalse();
        assertThat(detector.skew(1_000, 1, "1d").getRaised()).isTrue();
        assertThat(detector.skew(1_000, 1, "1d").getDetail()).isEqualTo("1 of 1000 differ");
    }

    @Test
    void whatTheReferenceLacksIsNotCompared() {
        ObservedValues observed = new ObservedValues();
        observed.add(FRIDAY, AMOUNT, on(DAY, 900, 1, 0, 2).all());

        assertThat(detector.look(Map.of(), observed, FRIDAY + DAY_MILLIS, NONE)).isEmpty();
    }

    @Test
    void thresholdsThatMakeNoSenseAreRefusedByName() {
        assertThatThrownBy(() -> new DriftThresholds(0, 0.05, 3, 0.1, 0.05, 1.5, 0.001, 500))
                .hasMessage("anabranch.drift.psi must be above 0, got 0.0");
        assertThatThrownBy(() -> new DriftThresholds(0.2, 0.05, 3, 0.1, 0.05, 1, 0.001, 500))
                .hasMessage("anabranch.drift.rate must be above 1, got 1.0");
        assertThatThrownBy(() -> new DriftThresholds(0.2, 0.05, 3, 0.1, 0.05, 1.5, 0.001, 0))
                .hasMessage("anabranch.drift.least-rows must be 1 or more, got 0");
    }

    private List<DriftFinding> compare(
            String subject, ByWeekday reference, ByWeekday window, Predicate<DriftFinding> raised) {
        ObservedValues observed = new ObservedValues();
        window.days().values().forEach(values -> observed.add(FRIDAY, subject, values));
        return oneDay(detector.look(Map.of(subject, reference), observed, FRIDAY + DAY_MILLIS, raised));
    }

    private static List<DriftFinding> oneDay(List<DriftFinding> findings) {
        return findings.stream()
                .filter(finding -> finding.getWindow().equals("1d"))
                .toList();
    }

    private DriftFinding rate(ByWeekday reference, ByWeekday window) {
        return of(compare(DriftDetector.LABEL, reference, window, NONE), "rate");
    }

    private static DriftFinding of(List<DriftFinding> findings, String statistic) {
        return findings.stream()
                .filter(finding -> finding.getStatistic().equals(statistic))
                .findFirst()
                .orElseThrow();
    }
}
