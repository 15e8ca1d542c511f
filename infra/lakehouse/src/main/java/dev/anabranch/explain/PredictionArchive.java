package dev.anabranch.explain;

import dev.anabranch.contract.Prediction;
import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.lakehouse.ArchivedRecords;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.SnapshotCut;
import dev.anabranch.model.PredictionId;
import dev.anabranch.usecase.UseCases;
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
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;

/** The predictions in the archive, found by name: the moment in the name leaves few files to look into. */
public final class PredictionArchive {
    /** How far the clocks of those who predict and of the broker may be apart. */
    private static final Duration CLOCKS = Duration.ofMinutes(5);

    private static final String ID = "predictionId";
    private static final String MADE = "madeMillis";

    private final Lakehouse lakehouse;

    public PredictionArchive(Lakehouse lakehouse) {
        this.lakehouse = lakehouse;
    }

    /**
     * @param nowMillis when it is asked
     */
    public Found find(String name, long nowMillis) {
        Optional<PredictionId> parsed = PredictionId.parse(name);
        if (parsed.isEmpty()) {
            return new Found.Never("A prediction is named <use case>-<stream or rest>-<epoch millis>-<rest>, and '"
                    + name + "' is not; none like it was ever made");
        }
        PredictionId id = parsed.get();
        if (UseCases.named(id.useCase()).isEmpty()) {
            return new Found.Never("There is no use case '" + id.useCase() + "'; no prediction of it was ever made");
        }
        Optional<Table> table = lakehouse.find(EventTables.predictionsIdentifier(id.useCase()));
        if (table.isEmpty() || table.get().currentSnapshot() == null) {
            return new Found.NotYet("No prediction of " + id.useCase() + " has been archived yet");
        }
        return row(table.get(), id)
                .<Found>map(Found.Archived::new)
                .orElseGet(() -> missing(table.get(), id, nowMillis));
    }

    private static Optional<Prediction> row(Table table, PredictionId id) {
        try (CloseableIterable<ArchivedEvent<Prediction>> rows = ArchivedRecords.predictions(id.useCase())
                .read(
                        table,
                        Expressions.and(
                                Expressions.equal(MADE, id.madeMillis()), Expressions.equal(ID, id.toString())))) {
            for (ArchivedEvent<Prediction> row : rows) {
                return Optional.of(row.event());
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + table.name(), e);
        }
    }

    /**
     * Several archived predictions of a use case at once, in the order of their names: the table is read once.
     *
     * @throws IllegalArgumentException when one of them is not there
     */
    public List<Prediction> all(String useCase, List<String> names) {
        Map<String, Prediction> found = new HashMap<>();
        Optional<Table> table = lakehouse.find(EventTables.predictionsIdentifier(useCase));
        if (table.isPresent() && !names.isEmpty()) {
            try (CloseableIterable<ArchivedEvent<Prediction>> rows =
                    ArchivedRecords.predictions(useCase).read(table.get(), Expressions.in(ID, names))) {
                rows.forEach(row -> found.put(row.event().getPredictionId(), row.event()));
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read " + table.get().name(), e);
            }
        }
        return names.stream()
                .map(name -> Optional.ofNullable(found.get(name))
                        .orElseThrow(() -> new IllegalArgumentException(
                                "Prediction " + name + " must be in the archive of " + useCase + ", and is not")))
                .toList();
    }

    private static Found missing(Table table, PredictionId id, long nowMillis) {
        Span archived = Span.of(table);
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

    /** How far the archive of a use case's predictions has got in the log. */
    public Cut cut(String useCase) {
        return lakehouse
                .find(EventTables.predictionsIdentifier(useCase))
                .map(SnapshotCut::of)
                .orElse(Cut.NOTHING);
    }

    /** The oldest and the newest prediction there is, as the files' bounds have it: no file is opened. */
    private record Span(long fromMillis, long toMillis) {
        static Span of(Table table) {
            int made = table.schema().findField(MADE).fieldId();
            long from = Long.MAX_VALUE;
            long to = Long.MIN_VALUE;
            try (CloseableIterable<FileScanTask> files =
                    table.newScan().includeColumnStats(List.of(MADE)).planFiles()) {
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

    /** How many predictions of a use case are archived. */
    public long count(String useCase) {
        return lakehouse
                .find(EventTables.predictionsIdentifier(useCase))
                .map(Table::currentSnapshot)
                .map(snapshot -> Long.parseLong(snapshot.summary().get("total-records")))
                .orElse(0L);
    }

    /**
     * Names of {@code count} predictions of a use case, or of all when there are fewer: those with the smallest digest of
     * seed and name, so the same archive and seed give the same sample however its rows lie.
     */
    public List<String> sample(String useCase, int count, long seed) {
        Optional<Table> table = lakehouse.find(EventTables.predictionsIdentifier(useCase));
        if (table.isEmpty() || count == 0) {
            return List.of();
        }
        PriorityQueue<Drawn> smallest =
                new PriorityQueue<>(Comparator.<Drawn>naturalOrder().reversed());
        try (CloseableIterable<Record> rows =
                IcebergGenerics.read(table.get()).select(ID).build()) {
            for (Record row : rows) {
                smallest.add(Drawn.of(seed, (String) row.getField(ID)));
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
