package dev.anabranch.batch;

import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.SnapshotCut;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.Cut;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * The archive of one use case, as a run finds it or as it was.
 *
 * @param cut       what is archived of its event topics, down to whole blocks of offsets
 * @param snapshots the snapshot of each table, its predictions included; a table with nothing in it yet is absent
 */
public record ArchiveState(Cut cut, Map<String, Long> snapshots) {
    /** As it is. */
    public static ArchiveState of(Lakehouse lakehouse, UseCase useCase) {
        return at(lakehouse, useCase, Table::currentSnapshot);
    }

    /**
     * As it was: each table at its newest snapshot that was not later. Snapshots that have expired since are gone.
     *
     * @param asOf a snapshot of one of the tables, by its id, or a moment: {@code 2026-11-01T06:00:00Z}, or a date for
     *     its midnight, UTC
     * @throws IllegalArgumentException when there is no such snapshot, or there was nothing yet
     */
    public static ArchiveState asOf(Lakehouse lakehouse, UseCase useCase, String asOf, Instant now) {
        Map<String, Table> tables = tables(lakehouse, useCase);
        OptionalLong id = asOf.matches("\\d{1,19}") ? OptionalLong.of(id(asOf)) : OptionalLong.empty();
        long moment = id.isPresent() ? momentOf(id.getAsLong(), tables) : moment(asOf);
        if (moment > now.toEpochMilli()) {
            throw new IllegalArgumentException("--as-of must not lie in the future, got " + asOf + "; it is " + now);
        }
        ArchiveState state = at(lakehouse, useCase, table -> {
            Snapshot named = id.isPresent() ? table.snapshot(id.getAsLong()) : null;
            Long then = named != null
                    ? Long.valueOf(named.snapshotId())
                    : SnapshotUtil.nullableSnapshotIdAsOfTime(table, moment);
            return then == null ? null : table.snapshot(then);
        });
        if (state.cut.equals(Cut.NOTHING)) {
            throw new IllegalArgumentException(
                    "--as-of must not lie before the first snapshot with a whole block of events"
                            + first(tables)
                                    .map(at -> "; the first snapshot is of " + at)
                                    .orElse("; there is none yet")
                            + ", got " + asOf);
        }
        return state;
    }

    private static ArchiveState at(Lakehouse lakehouse, UseCase useCase, Function<Table, Snapshot> which) {
        Cut archived = Cut.NOTHING;
        Map<String, Long> snapshots = new LinkedHashMap<>();
        String predictions = EventTables.predictionsIdentifier(useCase.name()).toString();
        for (Map.Entry<String, Table> each : tables(lakehouse, useCase).entrySet()) {
            Snapshot snapshot = which.apply(each.getValue());
            if (snapshot != null) {
                snapshots.put(each.getKey(), snapshot.snapshotId());
                if (!each.getKey().equals(predictions)) {
                    archived = archived.union(SnapshotCut.of(each.getValue(), snapshot));
                }
            }
        }
        return new ArchiveState(archived.atBlocks(), snapshots);
    }

    private static Map<String, Table> tables(Lakehouse lakehouse, UseCase useCase) {
        Map<String, Table> tables = new LinkedHashMap<>();
        for (EventType<?> type : useCase.events()) {
            tables.put(EventTables.identifier(type).toString(), lakehouse.events(type));
        }
        tables.put(EventTables.predictionsIdentifier(useCase.name()).toString(), lakehouse.predictions(useCase.name()));
        return tables;
    }

    private static long id(String asOf) {
        try {
            return Long.parseLong(asOf);
        } catch (NumberFormatException e) {
            throw neither(asOf);
        }
    }

    private static long momentOf(long id, Map<String, Table> tables) {
        return tables.values().stream()
                .map(table -> table.snapshot(id))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--as-of must be a snapshot of one of "
                        + tables.keySet() + ", got " + id + ", which was never there or has expired"))
                .timestampMillis();
    }

    private static long moment(String asOf) {
        try {
            return asOf.length() == "2026-11-01".length()
                    ? LocalDate.parse(asOf)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant()
                            .toEpochMilli()
                    : OffsetDateTime.parse(asOf).toInstant().toEpochMilli();
        } catch (DateTimeParseException e) {
            throw neither(asOf);
        }
    }

    private static IllegalArgumentException neither(String asOf) {
        return new IllegalArgumentException(
                "--as-of must be a snapshot or a moment such as 2026-11-01 or 2026-11-01T06:00:00Z, got '" + asOf
                        + "'");
    }

    private static Optional<Instant> first(Map<String, Table> tables) {
        return tables.values().stream()
                .flatMap(table -> table.history().stream())
                .map(entry -> Instant.ofEpochMilli(entry.timestampMillis()))
                .min(Comparator.naturalOrder());
    }
}
