package dev.anabranch.recommendation.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.simulator.ReadingCrowd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
class RecommendationEvaluationTest {
    private static final long FROM = Instant.parse("2016-11-20T00:00:00Z").toEpochMilli();

    @TempDir
    Path folder;

    @Test
    void aCrowdWithTastesIsHitMoreOftenInPersonThanByWhatIsPopularAndLessOftenTheOlderTheViewsAre() throws IOException {
        Path clicks = folder.resolve("clicks.csv");
        writeClicks(clicks);
        Path report = folder.resolve("report.json");
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        int exit = new RecommendationEvaluation(new PrintStream(told, true, StandardCharsets.UTF_8))
                .run(List.of("--data", clicks.toString(), "--report", report.toString()));

        assertThat(exit).isZero();
        JsonNode figures = new ObjectMapper().readTree(report.toFile());
        double live = figures.get("hr_10_live").asDouble();
        JsonNode byRefresh = figures.get("hr_10_by_refresh");
        assertThat(live).isEqualTo(byRefresh.get("live").asDouble());
        assertThat(live)
                .isGreaterThan(
                        figures.get("hr_10_popularity_by_refresh").get("live").asDouble() + 0.05);
        assertThat(byRefresh.get("weekly").asDouble()).isLessThan(live);
        assertThat(figures.get("recall_10").asDouble())
                .isGreaterThan(figures.get("recall_5").asDouble());
        assertThat(told.toString(StandardCharsets.UTF_8)).contains("Test-then-train", "Recall@10");
    }

    @Test
    void anOptionThatBreaksARuleIsNamed() {
        assertThatThrownBy(() -> RecommendationEvaluationOptions.parse(List.of("--data", "x", "--from", "soon")))
                .hasMessage("Option --from must be a day such as 2016-12-01, got 'soon'");
        assertThatThrownBy(() -> RecommendationEvaluationOptions.parse(List.of("--seed", "1")))
                .hasMessageStartingWith("Option --data or --ratings must be given");
    }

    @Test
    void aRatingThatIsNoneIsNamedByFileAndLine() throws IOException {
        Path file = Files.writeString(folder.resolve("r.csv"), "user,item,rating,timestamp\n1,2,4,5\n1,3,-1,5\n");
        assertThatThrownBy(() -> RatingsEvaluation.read(file))
                .hasMessage("r.csv line 3: rating must be above 0 and finite, got -1.0");
    }

    private static void writeClicks(Path file) throws IOException {
        StringBuilder rows = new StringBuilder("event_id,event_time,event_type,user_id,item_id,session_id,country\n");
        ReadingCrowd crowd = new ReadingCrowd(new ReadingCrowd.Settings(
                5, 60, 15, 40, FROM, FROM + Duration.ofDays(13).toMillis()));
        crowd.forEachRemaining(event -> {
            if (event.record() instanceof Interaction i) {
                rows.append(String.join(
                                ",",
                                i.getInteractionId(),
                                Instant.ofEpochMilli(i.getEventTimeMillis()).toString(),
                                i.getType(),
                                i.getUserId(),
                                i.getItemId(),
                                i.getSessionId(),
                                ""))
                        .append('\n');
            }
        });
        Files.writeString(file, rows);
    }
}
