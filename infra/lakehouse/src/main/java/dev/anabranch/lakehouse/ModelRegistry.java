package dev.anabranch.lakehouse;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.OriginOffset;
import dev.anabranch.contract.Wire;
import dev.anabranch.imported.ImportedModel;
import dev.anabranch.learning.LearntVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/**
 * {@code models.registry}: every version there ever was, with all that is needed to trust it and to train it again. A
 * version's number is one more than the newest in the snapshot its row is committed on, so two trainers that finish at
 * once get different numbers.
 */
public final class ModelRegistry {
    /** The parameter of a version that was trained on the archive as it was: of which snapshot or moment. */
    public static final String AS_OF = "as-of";

    static final TableIdentifier IDENTIFIER = TableIdentifier.of("models", "registry");

    private static final Types.StructType ORIGIN = Types.StructType.of(
            Types.NestedField.required(20, "topic", Types.StringType.get()),
            Types.NestedField.required(21, "partition", Types.IntegerType.get()),
            Types.NestedField.required(22, "offset", Types.LongType.get()));

    static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "name", Types.StringType.get()),
            Types.NestedField.required(2, "version", Types.LongType.get()),
            Types.NestedField.required(3, "algorithm", Types.StringType.get()),
            Types.NestedField.required(4, "features", Types.ListType.ofRequired(23, Types.StringType.get())),
            Types.NestedField.required(5, "snapshots", map(24, Types.LongType.get())),
            Types.NestedField.required(6, "cut", Types.ListType.ofRequired(26, ORIGIN)),
            Types.NestedField.required(7, "views", map(27, Types.StringType.get())),
            Types.NestedField.required(8, "code_revision", Types.StringType.get()),
            Types.NestedField.required(9, "parameters", map(29, Types.StringType.get())),
            Types.NestedField.required(10, "seed", Types.LongType.get()),
            Types.NestedField.required(11, "metrics", map(31, Types.DoubleType.get())),
            Types.NestedField.required(12, "created_millis", Types.LongType.get()),
            Types.NestedField.required(13, "sha256", Types.StringType.get()),
            Types.NestedField.required(14, "passed", Types.BooleanType.get(), "Whether it passed its gates."),
            Types.NestedField.required(15, "gate", Types.StringType.get(), "Why it did or did not."),
            Types.NestedField.required(
                    16, "record", Types.BinaryType.get(), "The ModelVersion, artifact and samples included."),
            Types.NestedField.optional(
                    17, "judgement", JudgementRow.type(33), "What it was judged by, with every figure."));

    private final Lakehouse lakehouse;

    /**
     * A version and what its gates said, last.
     *
     * @param metrics   what it measured when it was judged
     * @param evaluated whether it was measured on labels that it has not learnt from; one that was trained elsewhere, or
     *     learnt online, is so after it was registered
     * @param passed    whether it may go live
     * @param gate      why, in words
     * @param judgement why, in figures; null of a version from before they were kept
     */
    public record Registered(
            ModelVersion version,
            Map<String, Double> metrics,
            boolean evaluated,
            boolean passed,
            String gate,
            Judgement judgement) {
        Registered since(ModelJudgements.Found found) {
            return found == null
                    ? this
                    : new Registered(
                            version,
                            found.metrics(),
                            true,
                            found.judgement().passed(),
                            found.judgement().reason(),
                            found.judgement());
        }
    }

    /**
     * A version at a glance, without what weighs: artifact, samples, cut.
     *
     * @param metrics   what it measured when it was judged
     * @param evaluated whether it was measured on labels
     * @param passed    whether it may go live
     * @param gate      why, in words
     * @param labelsLearnt from how many labels it has learnt as they arrived; null of one that was trained
     */
    public record Entry(
            String name,
            long version,
            String algorithm,
            long createdMillis,
            String sha256,
            Map<String, Double> metrics,
            boolean evaluated,
            boolean passed,
            String gate,
            Long labelsLearnt) {
        Entry since(ModelJudgements.Found found) {
            return found == null
                    ? this
                    : new Entry(
                            name,
                            version,
                            algorithm,
                            createdMillis,
                            sha256,
                            found.metrics(),
                            true,
                            found.judgement().passed(),
                            found.judgement().reason(),
                            labelsLearnt);
        }
    }

    /**
     * What a version was trained on.
     *
     * @param name      of the model and the version: {@code fraud-3}
     * @param snapshots of the tables it was trained on, by their names
     */
    public record TrainedOn(String name, Map<String, Long> snapshots) {}

    public ModelRegistry(Lakehouse lakehouse) {
        this.lakehouse = lakehouse;
    }

    private static Types.MapType map(int id, org.apache.iceberg.types.Type value) {
        return Types.MapType.ofRequired(id, id + 1, Types.StringType.get(), value);
    }

    /**
     * Keeps a version under the next free number of its name.
     *
     * @param version   complete but for its number, which is given here
     * @param judgement whether it may go live, and why
     */
    public Registered register(ModelVersion version, Judgement judgement) {
        Table table = lakehouse.table(IDENTIFIER, SCHEMA, PartitionSpec.unpartitioned());
        while (true) {
            table.refresh();
            Snapshot parent = table.currentSnapshot();
            long number = newestNumber(table, version.getName(), parent) + 1;
            Registered registered =
                    registered(numbered(version, number), judgement.passed(), judgement.reason(), judgement);
            List<DataFile> files = write(table, registered);
            AppendFiles append = table.newAppend().validateWith(CutTable.onlyOnTopOf(parent));
            files.forEach(append::appendFile);
            try {
                append.commit();
                return registered;
            } catch (ValidationException e) {
                // Another version was registered in between and may have taken the number: take the next. Each round is
                // somebody's success.
                RowFiles.discard(table, files);
            }
        }
    }

    /** As it was when it was registered. */
    private static Registered registered(ModelVersion version, boolean passed, String gate, Judgement judgement) {
        return new Registered(
                version, version.getMetrics(), isMeasuredFirst(version.getAlgorithm()), passed, gate, judgement);
    }

    /** What a run trains, it measures before it registers it. */
    private static boolean isMeasuredFirst(String algorithm) {
        return !algorithm.equals(ImportedModel.ALGORITHM) && !algorithm.equals(LearntVersion.ALGORITHM);
    }

    private static ModelVersion numbered(ModelVersion version, long number) {
        return new ModelVersion(
                version.getName(),
                number,
                version.getAlgorithm(),
                version.getFeatures(),
                version.getSnapshots(),
                version.getCut(),
                version.getViews(),
                version.getCodeRevision(),
                version.getParameters(),
                version.getSeed(),
                version.getMetrics(),
                version.getCreatedMillis(),
                version.getSha256(),
                version.getArtifact(),
                version.getSamples(),
                null); // the registry has every artifact whole
    }

    /** Every version of {@code name}, oldest first. */
    public List<Registered> versions(String name) {
        List<Registered> versions = read(name, Expressions.alwaysTrue());
        versions.sort(
                Comparator.comparingLong(registered -> registered.version().getVersion()));
        return versions;
    }

    /** One version of {@code name}, if there is one with that number. */
    public Optional<Registered> version(String name, long number) {
        return read(name, Expressions.equal("version", number)).stream().findFirst();
    }

    /** Every version of {@code name} at a glance, oldest first. */
    public List<Entry> entries(String name) {
        List<Entry> found = new ArrayList<>();
        Optional<Table> table = lakehouse.find(IDENTIFIER);
        if (table.isEmpty()) {
            return found;
        }
        Map<Long, ModelJudgements.Found> judged = new ModelJudgements(lakehouse).of(name);
        try (CloseableIterable<Record> rows = IcebergGenerics.read(table.get())
                .where(Expressions.equal("name", name))
                .select("version", "algorithm", "created_millis", "sha256", "parameters", "metrics", "passed", "gate")
                .build()) {
            for (Record row : rows) {
                long version = (Long) row.getField("version");
                String algorithm = (String) row.getField("algorithm");
                found.add(new Entry(
                                name,
                                version,
                                algorithm,
                                (Long) row.getField("created_millis"),
                                (String) row.getField("sha256"),
                                JudgementRow.metrics(row.getField("metrics")),
                                isMeasuredFirst(algorithm),
                                (Boolean) row.getField("passed"),
                                (String) row.getField("gate"),
                                labelsLearnt((Map<?, ?>) row.getField("parameters")))
                        .since(judged.get(version)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + IDENTIFIER, e);
        }
        found.sort(Comparator.comparingLong(Entry::version));
        return found;
    }

    private static Long labelsLearnt(Map<?, ?> parameters) {
        Map<String, String> read = new HashMap<>();
        parameters.forEach((name, value) -> read.put(name.toString(), value.toString()));
        return LearntVersion.labels(read).orElse(null);
    }

    /** What every version of every model was trained on. */
    public List<TrainedOn> trainedOn() {
        List<TrainedOn> found = new ArrayList<>();
        Optional<Table> table = lakehouse.find(IDENTIFIER);
        if (table.isEmpty()) {
            return found;
        }
        try (CloseableIterable<Record> rows = IcebergGenerics.read(table.get())
                .select("name", "version", "snapshots")
                .build()) {
            for (Record row : rows) {
                Map<String, Long> snapshots = new HashMap<>();
                ((Map<?, ?>) row.getField("snapshots"))
                        .forEach((of, snapshot) -> snapshots.put((String) of, (Long) snapshot));
                found.add(new TrainedOn(row.getField("name") + "-" + row.getField("version"), snapshots));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + IDENTIFIER, e);
        }
        return found;
    }

    private List<Registered> read(String name, Expression filter) {
        List<Registered> found = new ArrayList<>();
        Optional<Table> table = lakehouse.find(IDENTIFIER);
        if (table.isEmpty()) {
            return found;
        }
        Map<Long, ModelJudgements.Found> since = new ModelJudgements(lakehouse).of(name);
        boolean judged = table.get().schema().findField("judgement") != null; // not in a table of an older release
        List<String> columns = new ArrayList<>(List.of("record", "passed", "gate"));
        if (judged) {
            columns.add("judgement");
        }
        try (CloseableIterable<Record> rows = IcebergGenerics.read(table.get())
                .where(Expressions.and(Expressions.equal("name", name), filter))
                .select(columns)
                .build()) {
            for (Record row : rows) {
                ModelVersion version = Wire.MODEL_VERSION.decode(Wire.bytes((ByteBuffer) row.getField("record")));
                found.add(registered(
                                version,
                                (Boolean) row.getField("passed"),
                                (String) row.getField("gate"),
                                judged ? JudgementRow.read((Record) row.getField("judgement")) : null)
                        .since(since.get(version.getVersion())));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + IDENTIFIER, e);
        }
        return found;
    }

    /** The newest version of {@code name} that a run trained on the archive as it stood, and that passed its gates. */
    public Optional<ModelVersion> newestPassed(String name) {
        return newest(name, Registered::passed);
    }

    /** The newest version of {@code name} that a run trained on the archive as it stood. */
    public Optional<ModelVersion> newestTrained(String name) {
        return newest(name, registered -> true);
    }

    /** What came from elsewhere, was learnt online or trained on what was, is made live by others and is no news to a run. */
    private Optional<ModelVersion> newest(String name, Predicate<Registered> wanted) {
        return versions(name).stream()
                .filter(wanted)
                .map(Registered::version)
                .filter(version -> isMeasuredFirst(version.getAlgorithm())
                        && !version.getParameters().containsKey(AS_OF))
                .reduce((earlier, later) -> later);
    }

    private static long newestNumber(Table table, String name, Snapshot at) {
        if (at == null) {
            return 0;
        }
        long newest = 0;
        try (CloseableIterable<Record> rows = IcebergGenerics.read(table)
                .useSnapshot(at.snapshotId())
                .where(Expressions.equal("name", name))
                .select("version")
                .build()) {
            for (Record row : rows) {
                newest = Math.max(newest, (Long) row.getField("version"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + IDENTIFIER, e);
        }
        return newest;
    }

    private static List<DataFile> write(Table table, Registered registered) {
        ModelVersion version = registered.version();
        GenericRecord row = GenericRecord.create(table.schema());
        row.setField("name", version.getName());
        row.setField("version", version.getVersion());
        row.setField("algorithm", version.getAlgorithm());
        row.setField("features", version.getFeatures());
        row.setField("snapshots", version.getSnapshots());
        row.setField(
                "cut",
                version.getCut().stream().map(offset -> origin(table, offset)).toList());
        row.setField("views", version.getViews());
        row.setField("code_revision", version.getCodeRevision());
        row.setField("parameters", version.getParameters());
        row.setField("seed", version.getSeed());
        row.setField("metrics", version.getMetrics());
        row.setField("created_millis", version.getCreatedMillis());
        row.setField("sha256", version.getSha256());
        row.setField("passed", registered.passed());
        row.setField("gate", registered.gate());
        row.setField("record", ByteBuffer.wrap(Wire.MODEL_VERSION.encode(version)));
        row.setField("judgement", JudgementRow.of(table, registered.judgement()));
        RowFiles files = new RowFiles(table, 0);
        files.write(row);
        return files.complete();
    }

    private static GenericRecord origin(Table table, OriginOffset offset) {
        GenericRecord row = GenericRecord.create(
                table.schema().findType("cut").asListType().elementType().asStructType());
        row.setField("topic", offset.getTopic());
        row.setField("partition", offset.getPartition());
        row.setField("offset", offset.getOffset());
        return row;
    }
}
