package dev.anabranch.lakehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.contract.DriftFinding;
import dev.anabranch.contract.DriftReport;
import dev.anabranch.drift.ByWeekday;
import dev.anabranch.drift.ValueHistogram;
import dev.anabranch.lakehouse.PredictionProfiles.Profile;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriftTablesTest {
    private static final Origin FIRST = new Origin("predictions.fraud", 0);
    private static final Origin SECOND = new Origin("predictions.fraud", 1);

    @TempDir
    Path folder;

    private Lakehouse lakehouse;

    @BeforeEach
    void open() {
        lakehouse = Lakehouse.open(CatalogConfig.under(folder));
    }

    @AfterEach
    void close() {
        lakehouse.close();
    }

    @Test
    void whatAnArtifactWasMeasuredOnLastHolds() {
        ModelReferences references = new ModelReferences(lakehouse);
        assertThat(references.of("fraud", "abc")).isEmpty();

        references.add("fraud", "abc", Map.of("score", values(DayOfWeek.SUNDAY, 1, Double.NaN)), 20);
        references.add("fraud", "abc", Map.of("score", values(DayOfWeek.MONDAY, 7)), 10);
        references.add("fraud", "def", Map.of("score", values(DayOfWeek.MONDAY, 8)), 30);
        references.add("ranking", "abc", Map.of("score", values(DayOfWeek.MONDAY, 9)), 30);

        Map<String, ByWeekday> found = references.of("fraud", "abc").orElseThrow();
        assertThat(found).containsOnlyKeys("score");
        assertThat(found.get("score").days())
                .isEqualTo(values(DayOfWeek.SUNDAY, 1, Double.NaN).days());
    }

    @Test
    void whatIsCountedTwiceIsAddedOnce() {
        PredictionProfiles profiles = new PredictionProfiles(lakehouse);
        assertThat(profiles.counted()).isEqualTo(Cut.NOTHING);
        Profile early = new Profile("fraud", 1, 0, "score", histogram(0.5));
        Profile late = new Profile("fraud", 2, 3 * PredictionProfiles.HOUR_MILLIS, "score", histogram(0.25, 0.75));
        Profile other = new Profile("ranking", 2, 3 * PredictionProfiles.HOUR_MILLIS, "score", histogram(1));

        assertThat(profiles.add(List.of(early), Cut.NOTHING, Map.of(FIRST, 10L)))
                .isTrue();
        assertThat(profiles.add(List.of(early), Cut.NOTHING, Map.of(FIRST, 12L)))
                .isFalse();
        assertThat(profiles.add(List.of(late, other), profiles.counted(), Map.of(FIRST, 20L, SECOND, 4L)))
                .isTrue();

        assertThat(profiles.counted()).isEqualTo(Cut.of(Map.of(FIRST, 20L, SECOND, 4L)));
        assertThat(profiles.since("fraud", 0)).containsExactlyInAnyOrder(early, late);
        assertThat(profiles.since("fraud", 1)).containsExactly(late);
        assertThat(profiles.newestHour("fraud")).hasValue(late.hourMillis());
        assertThat(profiles.newestHour("pricing")).isEmpty();
    }

    @Test
    void anHourBeginsWhereItBeginsBefore1970Too() {
        assertThat(Profile.hourOf(2 * PredictionProfiles.HOUR_MILLIS + 1))
                .isEqualTo(2 * PredictionProfiles.HOUR_MILLIS);
        assertThat(Profile.hourOf(-1)).isEqualTo(-PredictionProfiles.HOUR_MILLIS);
    }

    @Test
    void theReportThatWasFoundLastIsTheNewest() {
        DriftReports reports = new DriftReports(lakehouse);
        assertThat(reports.newest("fraud")).isEmpty();
        DriftReport first = report("fraud", "run-1", 10);
        DriftReport last = report("fraud", "run-2", 20);

        reports.add(last);
        reports.add(first);
        reports.add(report("ranking", "run-3", 30));

        assertThat(reports.newest("fraud")).contains(last);
        assertThat(reports.of("fraud")).containsExactly(first, last);
    }

    private static DriftReport report(String model, String run, long atMillis) {
        return new DriftReport(
                model,
                3L,
                run,
                atMillis,
                7L,
                "",
                "trained anew",
                5L,
                6L,
                List.of(new DriftFinding("score", "psi", "1d", 0.3, 0.2, 900L, true, 9L, "beside 7000 rows")));
    }

    private static ByWeekday values(DayOfWeek day, double... values) {
        ByWeekday days = new ByWeekday();
        days.on(day).add(histogram(values));
        return days;
    }

    private static ValueHistogram histogram(double... values) {
        ValueHistogram histogram = new ValueHistogram();
        for (double value : values) {
            histogram.add(value);
        }
        return histogram;
    }
}
