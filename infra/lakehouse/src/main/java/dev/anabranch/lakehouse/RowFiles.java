package dev.anabranch.lakehouse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.fs.FSError;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.InternalData;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.encryption.EncryptedOutputFile;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.util.Tasks;

/**
 * Rows on their way into a table: one new Parquet file for each partition they fall in. Nobody sees the files until they
 * are committed, which is the caller's business.
 *
 * <p>Rows are Iceberg's internal form: timestamps are microseconds, dates are days, binaries are byte buffers.
 */
public final class RowFiles {
    /** An open file holds a buffer of a page: the usual megabyte is much where each day has a file, and most have fewer rows. */
    private static final String PAGE_BYTES = String.valueOf(128 * 1024);

    /**
     * A dictionary is a hash map for each column of each open file, and pays where values repeat. Identifiers, times and
     * offsets do not, and where others do, compression finds most of it until Spark's compaction makes dictionaries. A
     * table may ask for them.
     */
    private static final String DICTIONARY = "parquet.enable.dictionary";

    private final Table table;
    private final OutputFileFactory files;
    private final PartitionKey key;
    private final Map<PartitionKey, Open> open = new HashMap<>();
    private final List<String> locations = new ArrayList<>();
    private Open last;
    private long rows;

    private record Open(PartitionKey partition, DataWriter<StructLike> writer) {}

    /**
     * @param table may be a serialized copy
     * @param task  tells the files of several writers of one commit apart
     */
    public RowFiles(Table table, int task) {
        this.table = table;
        this.files = OutputFileFactory.builderFor(table, task, 0)
                .format(FileFormat.PARQUET)
                .operationId(UUID.randomUUID().toString())
                .build();
        this.key = new PartitionKey(table.spec(), table.schema());
    }

    public void write(StructLike row) {
        key.partition(row);
        if (last == null || !last.partition.equals(key)) {
            Open known = open.get(key);
            last = known == null ? open(key.copy()) : known;
        }
        last.writer.write(row);
        rows++;
    }

    public long rows() {
        return rows;
    }

    /** How many files are open: each holds a buffer for every column. */
    public int openFiles() {
        return open.size();
    }

    /** Closes the files, ready to be committed. */
    public List<DataFile> complete() {
        List<DataFile> done = new ArrayList<>(open.size());
        try {
            for (Open each : open.values()) {
                each.writer.close();
                done.add(each.writer.toDataFile());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot finish a data file of " + table.name(), e);
        }
        open.clear();
        locations.clear(); // from here on they are the caller's
        return done;
    }

    /** Closes and deletes the files. One that could not be written cannot be finished either, and is deleted all the same. */
    public void discard() {
        for (Open each : open.values()) {
            try {
                each.writer.close();
            } catch (IOException | RuntimeException | FSError e) {
                continue; // it is given up, finished or not
            }
        }
        open.clear();
        delete(table, locations);
    }

    /** Deletes files that will not be committed. One that cannot be deleted is left for orphan removal. */
    public static void discard(Table table, List<DataFile> files) {
        delete(table, files.stream().map(DataFile::location).toList());
    }

    private static void delete(Table table, List<String> locations) {
        Tasks.foreach(locations)
                .suppressFailureWhenFinished()
                .run(location -> table.io().deleteFile(location));
    }

    private Open open(PartitionKey partition) {
        // Of no partition, or its empty name would stand between two slashes: no name that every store takes.
        EncryptedOutputFile file =
                table.spec().isUnpartitioned() ? files.newOutputFile() : files.newOutputFile(partition);
        locations.add(file.encryptingOutputFile().location());
        try {
            FileAppender<StructLike> rows = InternalData.write(FileFormat.PARQUET, file.encryptingOutputFile())
                    .schema(table.schema())
                    .set(TableProperties.PARQUET_PAGE_SIZE_BYTES, PAGE_BYTES)
                    .set(DICTIONARY, "false")
                    .set(table.properties())
                    .build();
            DataWriter<StructLike> writer = new DataWriter<>(
                    rows,
                    FileFormat.PARQUET,
                    file.encryptingOutputFile().location(),
                    table.spec(),
                    partition,
                    file.keyMetadata());
            Open opened = new Open(partition, writer);
            open.put(partition, opened);
            return opened;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create a data file of " + table.name(), e);
        }
    }
}
