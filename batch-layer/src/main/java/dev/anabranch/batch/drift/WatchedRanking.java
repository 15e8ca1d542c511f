package dev.anabranch.batch.drift;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.xxhash64;

import dev.anabranch.batch.ArchivedRows;
import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.training.SkewCheck;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.event.EventType;
import dev.anabranch.explain.Explainer;
import dev.anabranch.explain.Found;
import dev.anabranch.explain.Remade;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.PredictionProfiles.Profile;
import dev.anabranch.ranking.RankedAnswer;
import dev.anabranch.ranking.Ranking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Answers that put things in order: what was known of the things that were shown, and how they were scored. */
final class WatchedRanking<E extends SpecificRecord> implements Watched {
    /** An answer is made of hundreds of entities; each is made again by itself, which reads the archive and keeps sums. */
    private static final int MOST_REMADE = 20;

    /** Of so many some are of other versions. */
    private static final int DRAWN = 500;

    private static final int TOLD = 5;

    private final BatchRun run;
    private final String model;
    private final Ranking<E> ranking;

    WatchedRanking(BatchRun run, Ranking<E> ranking) {
        this.run = run;
        this.model = run.useCase().name();
        this.ranking = ranking;
    }

    @Override
    public List<String> features() {
        return ranking.featureNames();
    }

    /** What was shown is what the version has chosen. */
    @Override
    public boolean isVersionsOwn(String subject) {
        return true;
    }

    @Override
    public List<Profile> count(SinceCounted since) {
        EventType<E> answers = ranking.answers();
        return since.rows(EventTables.identifier(answers), answers.topic(), ranking.madeField())
                .map(rows -> new ProfileStep(model, ranking.featureNames()).answers(rows, ranking))
                .orElse(List.of());
    }

    @Override
    public Optional<SkewCheck.Compared> remade(ModelVersion live, Duration span, int most) {
        Long snapshot =
                run.snapshots().get(EventTables.identifier(ranking.answers()).toString());
        if (snapshot == null
                || !live.getFeatures().equals(ranking.featureNames())
                || ranking.views().stream()
                        .anyMatch(view ->
                                !view.fingerprint().equals(live.getViews().get(view.name())))) {
            return Optional.empty(); // what was declared otherwise was made otherwise
        }
        List<String> names = some(live, run.session().events(ranking.answers(), snapshot), span, most);
        if (names.isEmpty()) {
            return Optional.empty();
        }
        List<Remade> differing = new ArrayList<>();
        int checked = 0;
        try (Explainer explainer = new Explainer(run.session().lakehouse())) {
            for (String name : names) {
                // one that is ahead of the archive, or was logged by a release before, says nothing
                if (explainer.explain(name, run.clock().millis(), 0) instanceof Found.Archived archived) {
                    checked++;
                    if (!archived.remade().identical()) {
                        differing.add(archived.remade());
                    }
                }
            }
        }
        if (checked == 0) {
            return Optional.empty();
        }
        return Optional.of(new SkewCheck.Compared(
                checked,
                differing.size(),
                differing.stream()
                        .limit(TOLD)
                        .map(remade -> remade.predictionId() + ": " + remade.differences())
                        .toList()));
    }

    /** Those of the newest span that said to be exact. */
    private List<String> some(ModelVersion live, Dataset<Row> answers, Duration span, int most) {
        Row newest = answers.agg(max(ranking.madeField())).first();
        if (newest.isNullAt(0)) {
            return List.of();
        }
        ArchivedRows<E> rows = ArchivedRows.of(ranking.answers());
        return answers
                .where(col(ranking.madeField()).geq(newest.getLong(0) - span.toMillis()))
                .orderBy(xxhash64(col(ranking.nameField())))
                .limit(DRAWN)
                .drop(ranking.readingsField())
                .collectAsList()
                .stream()
                .map(row -> ranking.read(rows.read(row).event()))
                .filter(answer -> answer.exact()
                        && answer.ranker()
                                .filter(by -> by.version() == live.getVersion())
                                .isPresent())
                .limit(Math.min(most, MOST_REMADE))
                .map(RankedAnswer::answerId)
                .toList();
    }
}
