package dev.anabranch.explain;

import dev.anabranch.contract.Prediction;
import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.lakehouse.ArchivedRecords;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.SnapshotCut;
import dev.anabranch.model.PredictionId;
import dev.anabranch.ranking.Ranking;
import dev.anabranch.view.Cut;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;

/**
 * The predictions of a use case in the archive, or its answers, found by name: the moment in the name leaves few files to
 * look into.
 *
 * @param <E> the record that one is kept as
 */
final class PredictionArchive<E extends SpecificRecord> {
    /** How far the clocks of those who predict and of the broker may be apart. */
    private static final Duration CLOCKS = Duration.ofMinutes(5);

    private final Lakehouse lakehouse;
    private final String useCase;
    private final TableIdentifier identifier;
    private final ArchivedRecords<E> records;
    private final Function<E, String> name;
    private final String idField;
    private final String madeField;

    private PredictionArchive(
            Lakehouse lakehouse,
            String useCase,
            TableIdentifier identifier,
            ArchivedRecords<E> records,
            Function<E, String> name,
            String idField,
            String madeField) {
        this.lakehouse = lakehouse;
        this.useCase = useCase;
        this.identifier = identifier;
        this.records = records;
        this.name = name;
        this.idField = idField;
        this.madeField = madeField;
    }

    static PredictionArchive<Prediction> ofPredictions(Lakehouse lakehouse, String useCase) {
        return new PredictionArchive<>(
                lakehouse,
                useCase,
                EventTables.predictionsIdentifier(useCase),
                ArchivedRecords.predictions(useCase),
                Prediction::getPredictionId,
                "predictionId",
                "madeMillis");
    }

    static <E extends SpecificRecord> PredictionArchive<E> ofAnswers(
            Lakehouse lakehouse, String useCase, Ranking<E> ranking) {
        return new PredictionArchive<>(
                lakehouse,
                useCase,
                EventTables.identifier(ranking.answers()),
                ArchivedRecords.of(ranking.answers()),
                ranking.answers()::eventId,
                ranking.nameField(),
                ranking.madeField());
    }

    /** The record of a name. */
    Optional<E> find(PredictionId id) {
        Optional<Table> table = archived();
        if (table.isEmpty()) {
            return Optional.empty();
        }
        try (CloseableIterable<ArchivedEvent<E>> rows = records.read(
                table.get(),
                Expressions.and(
                        Expressions.equal(madeField, id.madeMillis()), Expressions.equal(idField, id.toString())))) {
            for (ArchivedEvent<E> row : rows) {
                return Optional.of(row.event());
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + identifier, e);
        }
    }

    private Optional<Table> archived() {
        return lakehouse.find(identifier).filter(table -> table.currentSnapshot() != null);
    }

    /**
     * Several at once, in the order of their names: the table is read once.
     *
     * @throws IllegalArgumentException when one of them is not there
     */
    List<E> all(List<String> names) {
        Map<String, E> found = new HashMap<>();
        Optional<Table> table = archived();
        if (table.isPresent() && !names.isEmpty()) {
            try (CloseableIterable<ArchivedEvent<E>> rows = records.read(table.get(), Expressions.in(idField, names))) {
                rows.forEach(row -> found.put(name.apply(row.event()), row.event()));
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read " + identifier, e);
            }
        }
        return names.stream()
                .map(one -> Optional.ofNullable(found.get(one))
                        .orElseThrow(() -> new IllegalArgumentException(
                                "Prediction " + one + " must be in the archive of " + useCase + ", and is not")))
                .toList();
    }

    /**
     * Why one is not there.
     *
     * @param nowMillis when it is asked
     */
    Found missing(PredictionId id, long nowMillis) {
        return archived()
                .map(table -> missing(table, id, nowMillis))
                .orElseGet(() -> new Found.NotYet("No prediction of " + useCase + " has been archived yet"));
    }

    private Found missing(Table table, PredictionId id, long nowMillis) {
        Span archived = Span.of(table, madeField);
        String made = Instant.ofEpochMilli(id.madeMillis()).toString();
        if (id.madeMillis() < archived.fromMillis) {
            return new Found.Gone(
                    "Prediction " + id + " was made at " + made + " if at all; the archive keeps none made" + " before "
                            + Instant.ofEpochMilli(archived.fromMillis) + ", so its retention has passed");
        }
        if (id.madeMillis() > nowMillis + CLOCKS.toMillis()) {
            return new Found.Never("Prediction " + id + " would be made at " + made + ", which is still to come");
        }
        if (id.madeMillis() > archived.toMillis - CLOCKS.toMillis()) {
            return new Found.NotYet("Prediction " + id + " is not in the archive, which goes as far as "
                    + Instant.ofEpochMilli(archived.toMillis) + " and may not hold all made at " + made + " yet");
        }
        return new Found.Never("Prediction " + id + " was never made: the archive holds all made at " + made);
    }

    /** How far the archive has got in the log. */
    Cut cut() {
        return lakehouse.find(identifier).map(SnapshotCut::of).orElse(Cut.NOTHING);
    }

    /** The oldest and the newest prediction there is, as the files' bounds have it: no file is opened. */
    private record Span(long fromMillis, long toMillis) {
        static Span of(Table table, String madeField) {
            int made = table.schema().findField(madeField).fieldId();
            long from = Long.MAX_VALUE;
            long to = Long.MIN_VALUE;
            try (CloseableIterable<FileScanTask> files =
                    table.newScan().includeColumnStats(List.of(madeField)).planFiles()) {
                for (FileScanTask file : files) {
                    from = Math.min(from, bound(file.file().lowerBounds().get(made)));
                    to = Math.max(to, bound(file.file().upperBounds().get(made)));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read the files of " + table.name(), e);
            }
            return new Span(from, to);
        }

        private static long bound(ByteBuffer bytes) {
            return Conversions.fromByteBuffer(Types.LongType.get(), bytes);
        }
    }

    /** How many there are. */
    long count() {
        return archived()
                .map(Table::currentSnapshot)
                .map(snapshot -> Long.parseLong(snapshot.summary().get("total-records")))
                .orElse(0L);
    }

    /**
     * Names of {@code count} of them, or of all when there are fewer: those with the smallest digest of seed and name, so
     * the same archive and seed give the same sample however its rows lie.
     */
    List<String> sample(int count, long seed) {
        Optional<Table> table = archived();
        if (table.isEmpty() || count == 0) {
            return List.of();
        }
        PriorityQueue<Drawn> smallest =
                new PriorityQueue<>(Comparator.<Drawn>naturalOrder().reversed());
        try (CloseableIterable<Record> rows =
                IcebergGenerics.read(table.get()).select(idField).build()) {
            for (Record row : rows) {
                smallest.add(Drawn.of(seed, (String) row.getField(idField)));
                if (smallest.size() > count) {
                    smallest.remove();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + table.get().name(), e);
        }
        List<Drawn> drawn = new ArrayList<>(smallest);
        drawn.sort(Comparator.naturalOrder());
        return drawn.stream().map(Drawn::id).toList();
    }

    private record Drawn(byte[] digest, String id) implements Comparable<Drawn> {
        static Drawn of(long seed, String id) {
            try {
                byte[] text = (seed + "/" + id).getBytes(StandardCharsets.UTF_8);
                return new Drawn(MessageDigest.getInstance("SHA-256").digest(text), id);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("Every JDK has SHA-256", e);
            }
        }

        @Override
        public int compareTo(Drawn other) {
            return Arrays.compareUnsigned(digest, other.digest);
        }
    }
}
