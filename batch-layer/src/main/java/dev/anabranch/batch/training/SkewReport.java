package dev.anabranch.batch.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.BatchSession;
import dev.anabranch.batch.PlatformConfig;
import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.SnapshotCut;
import dev.anabranch.process.Settings;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.Cut;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/**
 * Looks at all that is archived of one use case: how much it is, and whether the features logged with its predictions are
 * those that a training set would hold. {@code BatchMain skew <use case>} runs it.
 */
public final class SkewReport {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Optional<Path> file;

    private SkewReport(Optional<Path> file) {
        this.file = file;
    }

    /**
     * @param arguments {@code --report FILE} to write it as JSON, or nothing
     * @throws IllegalArgumentException when they are others
     */
    public static SkewReport of(List<String> arguments) {
        if (arguments.isEmpty()) {
            return new SkewReport(Optional.empty());
        }
        if (arguments.size() != 2 || !arguments.get(0).equals("--report")) {
            throw new IllegalArgumentException("Options must be --report FILE or none, got " + arguments);
        }
        return new SkewReport(Optional.of(Path.of(arguments.get(1))));
    }

    /** @throws IllegalArgumentException when nothing is learnt for the use case */
    public SkewCheck.Result run(UseCase useCase) {
        SkewCheck check = SkewCheck.of(useCase)
                .orElseThrow(() -> new IllegalArgumentException(
                        "Use case must have a training task, got '" + useCase.name() + "' without one"));
        PlatformConfig config = Settings.read(PlatformConfig.class);
        try (BatchSession session = BatchSession.start(config, "anabranch-skew-" + useCase.name())) {
            BatchRun all = everything(useCase, session);
            SkewCheck.Result result = check.run(new RunArchive(all), all.cut());
            Map<String, Long> archived = new HashMap<>();
            useCase.events().forEach(type -> archived.put(type.topic(), rows(session, type)));
            file.ifPresent(f -> write(f, result, archived));
            System.out.println(String.format(
                    Locale.ROOT,
                    "%,d predictions computed again: %,d differ; by the order of arrival %,d would; %,d knew of events"
                            + " not archived yet",
                    result.checked(),
                    result.mismatches(),
                    result.byArrivalOrder(),
                    result.unsettled()));
            result.told().forEach(told -> System.out.println("  " + told));
            return result;
        }
    }

    /** The archive as it stands, not rounded down to blocks: nothing is published from here. */
    private static BatchRun everything(UseCase useCase, BatchSession session) {
        Map<String, Long> snapshots = new HashMap<>();
        // Predictions first: what they knew is then most likely in the event tables; what is not is left out by
        // position.
        Snapshot logged = session.lakehouse().predictions(useCase.name()).currentSnapshot();
        if (logged != null) {
            snapshots.put(EventTables.predictionsIdentifier(useCase.name()).toString(), logged.snapshotId());
        }
        Cut cut = Cut.NOTHING;
        for (EventType<?> type : useCase.events()) {
            Table table = session.lakehouse().events(type);
            Snapshot snapshot = table.currentSnapshot();
            if (snapshot != null) {
                snapshots.put(EventTables.identifier(type).toString(), snapshot.snapshotId());
                cut = cut.union(SnapshotCut.of(table, snapshot));
            }
        }
        return new BatchRun("skew", useCase, session, cut, snapshots, Clock.systemUTC(), stage -> {});
    }

    /** Different positions, so that a row archived twice does not stand in for one that is missing. */
    private static long rows(BatchSession session, EventType<?> type) {
        return session.spark()
                .table(BatchSession.sqlName(EventTables.identifier(type)))
                .select(EventTables.KAFKA_PARTITION, EventTables.KAFKA_OFFSET)
                .distinct()
                .count();
    }

    private static void write(Path file, SkewCheck.Result result, Map<String, Long> archived) {
        ObjectNode report = JSON.createObjectNode();
        report.put("checked", result.checked());
        report.put("mismatches", result.mismatches());
        report.put("by_arrival_order", result.byArrivalOrder());
        report.put("unsettled", result.unsettled());
        ObjectNode paths = report.putObject("by_path");
        result.byPath().forEach(paths::put);
        ObjectNode rows = report.putObject("archived");
        archived.forEach(rows::put);
        try {
            JSON.writeValue(file.toFile(), report);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }
}
