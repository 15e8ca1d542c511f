package dev.anabranch.batch.archive;

import dev.anabranch.batch.PlatformConfig;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.lakehouse.SnapshotCut;
import java.time.Instant;
import java.util.List;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.actions.RewriteDataFiles;
import org.apache.iceberg.actions.SizeBasedFileRewritePlanner;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.spark.actions.SparkActions;
import org.apache.iceberg.util.SnapshotUtil;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a table that is appended to every few seconds quick to read: many small files of a day become one, and the
 * snapshots of every append go when nobody needs them. Rows stay what they are, and so does the cut.
 */
public final class ArchiveMaintenance {
    private static final Logger LOG = LoggerFactory.getLogger(ArchiveMaintenance.class);

    private final SparkSession spark;
    private final PlatformConfig.Maintenance config;
    private final List<ModelRegistry.TrainedOn> trainedOn;

    /** @param trainedOn the snapshots that models were trained on; they are kept, under the model's name as a tag */
    public ArchiveMaintenance(
            SparkSession spark, PlatformConfig.Maintenance config, List<ModelRegistry.TrainedOn> trainedOn) {
        this.spark = spark;
        this.config = config;
        this.trainedOn = trainedOn;
    }

    /**
     * @param name the table's, as models know it: {@code events.transaction}
     * @return how many files were made into fewer
     */
    public long maintain(String name, Table table, Instant now) {
        long replaced = compact(table);
        table.refresh();
        try {
            tag(name, table);
            expire(table, now);
        } catch (CommitFailedException e) { // as below, and what has no tag yet must not expire
            LOG.info("{} keeps its old snapshots this time: {}", table.name(), e.getMessage());
        }
        return replaced;
    }

    private long compact(Table table) {
        try {
            RewriteDataFiles.Result result = SparkActions.get(spark)
                    .rewriteDataFiles(table)
                    .binPack()
                    .option(SizeBasedFileRewritePlanner.MIN_INPUT_FILES, String.valueOf(config.files()))
                    .execute();
            return result.rewrittenDataFilesCount();
        } catch (RuntimeException e) { // Iceberg wraps what came of the commit
            if (!(isConflict(e) || isConflict(e.getCause()))) {
                throw e;
            }
            // Somebody committed at each of several attempts, the archiver or another use case's run: nothing was
            // changed, and the next run tries again.
            LOG.info("{} was not compacted this time: {}", table.name(), e.getMessage());
            return 0;
        }
    }

    private static boolean isConflict(Throwable failure) {
        return failure instanceof CommitFailedException || failure instanceof ValidationException;
    }

    private void tag(String name, Table table) {
        for (ModelRegistry.TrainedOn model : trainedOn) {
            Long snapshot = model.snapshots().get(name);
            if (snapshot != null
                    && table.snapshot(snapshot) != null
                    && !table.refs().containsKey(model.name())) {
                table.manageSnapshots().createTag(model.name(), snapshot).commit();
            }
        }
    }

    private void expire(Table table, Instant now) {
        if (table.currentSnapshot() == null) {
            return;
        }
        table.expireSnapshots()
                .expireOlderThan(now.minus(config.keep()).toEpochMilli())
                .retainLast(backToTheCut(table))
                .commit();
    }

    /** How many snapshots, from the latest back, there are to the one whose summary has the cut; 1 where none has one. */
    private static int backToTheCut(Table table) {
        int count = 0;
        for (Snapshot ancestor :
                SnapshotUtil.ancestorsOf(table.currentSnapshot().snapshotId(), table::snapshot)) {
            count++;
            if (ancestor.summary().containsKey(SnapshotCut.PROPERTY)) {
                return count;
            }
        }
        return 1;
    }
}
