package dev.anabranch.batch.drift;

import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.training.SkewCheck;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.lakehouse.PredictionProfiles.Profile;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What a use case's model gives, as far as a run watches it. */
interface Watched {
    /** The names of the inputs that the use case supplies today. */
    List<String> features();

    /** Whether a subject hangs on the version that answered: then only what the live one gave is set beside its reference. */
    boolean isVersionsOwn(String subject);

    /** Counts what was archived since the run before. */
    List<Profile> count(SinceCounted since);

    /**
     * Some of what the live version gave in its newest {@code span}, beside the same made again from the archive.
     *
     * @param most how many, at most
     * @return empty when it cannot be made again, for it was declared otherwise then
     */
    Optional<SkewCheck.Compared> remade(ModelVersion live, Duration span, int most);

    /** The rows of a table that were not counted yet. */
    interface SinceCounted {
        /**
         * @param atField the column that has the moment of a row, in epoch milliseconds
         * @return empty when there are none
         */
        Optional<Dataset<Row>> rows(TableIdentifier table, String topic, String atField);
    }

    /** Empty when the use case neither scores nor ranks. */
    static Optional<Watched> of(BatchRun run) {
        return run.useCase()
                .question()
                .<Watched>map(question -> new WatchedScores(run, question))
                .or(() -> run.useCase().ranking().map(ranking -> new WatchedRanking<>(run, ranking)));
    }
}
