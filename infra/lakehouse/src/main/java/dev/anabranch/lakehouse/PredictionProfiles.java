package dev.anabranch.lakehouse;

import dev.anabranch.drift.ValueHistogram;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/**
 * {@code models.profiles}: what versions were asked and what they answered, as histograms by hour of event time. Runs add what
 * has been archived since the run before; rows and how far that is are one commit, so each prediction counts once.
 */
public final class PredictionProfiles {
    public static final TableIdentifier IDENTIFIER = TableIdentifier.of("models", "profiles");

    /** How long an hour is, in milliseconds. */
    public static final long HOUR_MILLIS = 3_600_000;

    private static final String HOUR = "hour_millis";

    static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "name", Types.StringType.get(), "Which model."),
            Types.NestedField.required(2, "version", Types.LongType.get(), "Which version was asked."),
            Types.NestedField.required(
                    3, HOUR, Types.LongType.get(), "Where the hour begins, in epoch milliseconds of event time."),
            Types.NestedField.required(4, "subject", Types.StringType.get(), "feature/<name>, score or label."),
            Types.NestedField.required(
                    5, "bins", Bins.type(10), "How many values lie in each bin; fewer than none takes back."));

    private final Lakehouse lakehouse;

    public PredictionProfiles(Lakehouse lakehouse) {
        this.lakehouse = lakehouse;
    }

    /**
     * Values of one hour. Several may be of the same: they add up.
     *
     * @param hourMillis where the hour begins, in epoch milliseconds
     */
    public record Profile(String name, long version, long hourMillis, String subject, ValueHistogram values) {
        /** Where the hour of a moment begins. */
        public static long hourOf(long epochMillis) {
            return Math.floorDiv(epochMillis, HOUR_MILLIS) * HOUR_MILLIS;
        }
    }

    /** Up to where predictions and outcomes have been counted. */
    public Cut counted() {
        return lakehouse.find(IDENTIFIER).map(SnapshotCut::of).orElse(Cut.NOTHING);
    }

    /**
     * Adds what was counted between two cuts.
     *
     * @param from where it begins
     * @param to   where it ends, for each origin that has any
     * @return false when another run has counted some of it meanwhile: then nothing was added
     */
    public boolean add(List<Profile> counted, Cut from, Map<Origin, Long> to) {
        Table table = lakehouse.table(IDENTIFIER, SCHEMA, PartitionSpec.unpartitioned());
        RowFiles files = new RowFiles(table, 0);
        for (Profile profile : counted) {
            GenericRecord row = GenericRecord.create(table.schema());
            row.setField("name", profile.name());
            row.setField("version", profile.version());
            row.setField(HOUR, profile.hourMillis());
            row.setField("subject", profile.subject());
            row.setField("bins", Bins.write(profile.values()));
            files.write(row);
        }
        List<DataFile> written = files.complete();
        boolean added = new CutTable(table).append(written, from, to);
        if (!added) {
            RowFiles.discard(table, written);
        }
        return added;
    }

    /** Where the newest hour begins of which anything of a model was counted, in epoch milliseconds; empty when nothing was. */
    public OptionalLong newestHour(String name) {
        Optional<Table> table = lakehouse.find(IDENTIFIER);
        if (table.isEmpty()) {
            return OptionalLong.empty();
        }
        long bound = FileBounds.greatest(table.get(), Expressions.equal("name", name), HOUR);
        List<Profile> there = since(name, bound);
        if (there.isEmpty()) { // the bound was that of another model's rows in the same file
            there = since(name, Long.MIN_VALUE);
        }
        return there.stream().mapToLong(Profile::hourMillis).max();
    }

    /** What was counted of a model in the hours from {@code fromMillis} on. */
    public List<Profile> since(String name, long fromMillis) {
        return lakehouse
                .find(IDENTIFIER)
                .map(table -> read(table, name, fromMillis))
                .orElse(List.of());
    }

    private static List<Profile> read(Table table, String name, long fromMillis) {
        List<Profile> profiles = new ArrayList<>();
        try (CloseableIterable<Record> rows = IcebergGenerics.read(table)
                .where(Expressions.and(
                        Expressions.equal("name", name), Expressions.greaterThanOrEqual(HOUR, fromMillis)))
                .build()) {
            for (Record row : rows) {
                profiles.add(new Profile(
                        name,
                        (Long) row.getField("version"),
                        (Long) row.getField(HOUR),
                        (String) row.getField("subject"),
                        Bins.read(row.getField("bins"))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + IDENTIFIER, e);
        }
        return profiles;
    }
}
