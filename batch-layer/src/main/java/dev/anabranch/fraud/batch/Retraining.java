package dev.anabranch.fraud.batch;

import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.BatchSession;
import dev.anabranch.batch.model.Algorithm;
import dev.anabranch.batch.model.Candidate;
import dev.anabranch.batch.training.RunArchive;
import dev.anabranch.batch.training.TrainingSet;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.View;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Trains a registered version again, from nothing but its record and the archive: the same snapshots up to the same cut,
 * the same periods, parameters and seed. What comes out must be the same artifact, to the byte.
 */
final class Retraining {
    private final FraudTask task = new FraudTask();
    private final FraudTrainingConfig config;

    Retraining(FraudTrainingConfig config) {
        this.config = config;
    }

    /** @throws IllegalArgumentException when views, features or algorithm are not those of the record any more */
    Candidate of(BatchSession session, ModelVersion record) {
        requireSame("Features", record.getFeatures(), task.featureNames());
        for (View<?> view : task.views()) {
            requireSame("Fingerprint of " + view, record.getViews().get(view.name()), view.fingerprint());
        }
        BatchRun run = new BatchRun(
                "again-" + record.getVersion(),
                new FraudUseCase(),
                session,
                Cuts.read(record.getCut()),
                record.getSnapshots(),
                Clock.systemUTC(),
                stage -> {});
        Map<String, String> parameters = record.getParameters();
        Periods periods =
                Periods.recorded(parameters.get(FraudTrainer.TRAINED_ON), parameters.get(FraudTrainer.MEASURED_ON));
        Dataset<Row> rows = new TrainingSet<>(task)
                .of(new RunArchive(run), periods.trainFrom(), periods.testTo())
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            return Candidate.train(
                            List.of(algorithm(record)),
                            periods.training(rows),
                            task.featureNames().size(),
                            record.getSeed(),
                            periods.heldOut(rows),
                            new FraudJudge())
                    .get(0);
        } finally {
            rows.unpersist();
        }
    }

    private Algorithm algorithm(ModelVersion record) {
        Algorithm algorithm = config.toAlgorithms().stream()
                .filter(one -> one.name().equals(record.getAlgorithm()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "Algorithms must have " + record.getAlgorithm() + " to train version " + record.getVersion()));
        algorithm
                .parameters()
                .forEach((name, value) -> requireSame(
                        algorithm.name() + " " + name, record.getParameters().get(name), value));
        return algorithm;
    }

    private static void requireSame(String what, Object recorded, Object now) {
        if (!now.equals(recorded)) {
            throw new IllegalArgumentException(what + " must be as recorded, " + recorded + ", got " + now);
        }
    }
}
