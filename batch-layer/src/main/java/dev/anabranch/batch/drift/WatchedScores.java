package dev.anabranch.batch.drift;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.xxhash64;

import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.training.Archive;
import dev.anabranch.batch.training.RunArchive;
import dev.anabranch.batch.training.SkewCheck;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Topics;
import dev.anabranch.drift.DriftDetector;
import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.PredictionProfiles.Profile;
import dev.anabranch.model.Question;
import dev.anabranch.quality.Outcome;
import dev.anabranch.view.Cut;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Scores, and what came true. */
final class WatchedScores implements Watched {
    private final BatchRun run;
    private final String model;
    private final Question<?> question;

    /** @param question what the model is asked */
    WatchedScores(BatchRun run, Question<?> question) {
        this.run = run;
        this.model = run.useCase().name();
        this.question = question;
    }

    @Override
    public List<String> features() {
        return question.featureNames();
    }

    @Override
    public boolean isVersionsOwn(String subject) {
        return subject.equals(DriftDetector.SCORE);
    }

    @Override
    public List<Profile> count(SinceCounted since) {
        ProfileStep step = new ProfileStep(model, question.featureNames());
        List<Profile> counted = new ArrayList<>();
        since.rows(EventTables.predictionsIdentifier(model), Topics.predictions(model), "atMillis")
                .ifPresent(rows -> counted.addAll(step.predictions(rows)));
        for (EventType<?> type : run.useCase().events()) {
            if (type.type().equals(Outcome.class)) {
                since.rows(EventTables.identifier(type), type.topic(), "eventTimeMillis")
                        .ifPresent(rows -> counted.addAll(step.outcomes(rows)));
            }
        }
        return counted;
    }

    @Override
    public Optional<SkewCheck.Compared> remade(ModelVersion live, Duration span, int most) {
        RunArchive archive = new RunArchive(run);
        if (!live.getFeatures().equals(question.featureNames())
                || question.views().stream()
                        .anyMatch(view ->
                                !view.fingerprint().equals(live.getViews().get(view.name())))) {
            return Optional.empty(); // what was declared otherwise was made otherwise
        }
        return SkewCheck.of(run.useCase())
                .flatMap(check -> archive.predictions()
                        .map(logged -> check.compare(new Sample(archive, live, span, most), run.cut())));
    }

    /** The archive with some of the newest predictions. */
    private record Sample(Archive all, ModelVersion live, Duration span, int most) implements Archive {
        @Override
        public Dataset<Row> events(EventType<?> type) {
            return all.events(type);
        }

        @Override
        public Optional<Dataset<Row>> predictions() {
            return all.predictions().map(every -> {
                Dataset<Row> logged = every.where(col("model")
                        .equalTo(live.getName())
                        .and(col("modelVersion").equalTo(live.getVersion())));
                Row newest = logged.agg(max("madeMillis")).first();
                return newest.isNullAt(0)
                        ? logged
                        : logged.where(col("madeMillis").geq(newest.getLong(0) - span.toMillis()))
                                .orderBy(xxhash64(col("predictionId")))
                                .limit(most);
            });
        }

        @Override
        public Map<Long, Cut> generations(String view) {
            return all.generations(view);
        }
    }
}
