package dev.anabranch.lakehouse;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.types.Types;

/**
 * {@code models.decisions}: which version was to be live from when, who decided so and why; nothing is ever taken back, a
 * rollback is a decision too. The newest decision about a model says what is to be live, whoever made it.
 *
 * <p>Who decides names the decision he has seen last. Of two who have seen the same one, the second is refused.
 */
public final class ModelDecisions {
    static final TableIdentifier IDENTIFIER = TableIdentifier.of("models", "decisions");

    static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "name", Types.StringType.get(), "Which model."),
            Types.NestedField.required(2, "number", Types.LongType.get(), "Counts the decisions about it, from 1."),
            Types.NestedField.required(3, "version", Types.LongType.get(), "The version that is to be live."),
            Types.NestedField.optional(4, "replaced", Types.LongType.get(), "The version decided on before."),
            Types.NestedField.required(5, "decided_by", Types.StringType.get()),
            Types.NestedField.required(6, "reason", Types.StringType.get()),
            Types.NestedField.required(7, "decided_millis", Types.LongType.get()),
            Types.NestedField.optional(
                    8, "back", Types.BooleanType.get(), "Whether it goes back to what was live before."));

    private final Lakehouse lakehouse;

    public ModelDecisions(Lakehouse lakehouse) {
        this.lakehouse = lakehouse;
    }

    /**
     * One decision.
     *
     * @param name     of the model
     * @param number   counts the decisions about it, from 1
     * @param version  what is to be live
     * @param replaced the version decided on before; null for the first
     * @param by       a person, or the run that trained the version
     * @param why      in words
     * @param atMillis when, by the clock of whoever decided
     * @param back     whether it goes back to what was live before; null of one from before that was written down
     */
    public record Decision(
            String name,
            long number,
            long version,
            Long replaced,
            String by,
            String why,
            long atMillis,
            Boolean back) {}

    /** All about one model, oldest first. */
    public List<Decision> of(String name) {
        return lakehouse
                .find(IDENTIFIER)
                .map(table -> read(table, name, table.currentSnapshot()))
                .orElse(List.of());
    }

    /** What is to be live. */
    public Optional<Decision> newest(String name) {
        return last(of(name));
    }

    /**
     * Decides that a version is to be live.
     *
     * @param seen the newest decision known to who decides
     * @return empty when another has been made since
     */
    public Optional<Decision> decide(
            String name, Optional<Decision> seen, long version, String by, String why, long atMillis) {
        return decide(name, seen, version, by, why, atMillis, false);
    }

    /**
     * Decides to go back.
     *
     * @param seen    the newest decision known to who decides
     * @param version what {@link #before} says
     * @return empty when another has been made since
     */
    public Optional<Decision> goBack(
            String name, Optional<Decision> seen, long version, String by, String why, long atMillis) {
        return decide(name, seen, version, by, why, atMillis, true);
    }

    private Optional<Decision> decide(
            String name, Optional<Decision> seen, long version, String by, String why, long atMillis, boolean back) {
        Table table = lakehouse.table(IDENTIFIER, SCHEMA, PartitionSpec.unpartitioned());
        Decision decision = new Decision(
                name,
                seen.map(Decision::number).orElse(0L) + 1,
                version,
                seen.map(Decision::version).orElse(null),
                by,
                why,
                atMillis,
                back);
        boolean decided = ConditionalAppend.append(
                table, parent -> last(read(table, name, parent)).equals(seen), row(table, decision));
        return decided ? Optional.of(decision) : Optional.empty();
    }

    /**
     * The version to go back to: what was live before what is. Whoever goes back twice comes to the one before that, and not to
     * where he started: going back takes what was left off the path. A version that was live before and is decided on anew is no
     * way back; of decisions from before that was written down, it is taken for one.
     *
     * @param decisions all about one model, oldest first
     * @return empty when nothing was live before
     */
    public static Optional<Long> before(List<Decision> decisions) {
        List<Long> path = new ArrayList<>();
        for (Decision decision : decisions) {
            int size = path.size();
            boolean mayBeBack = decision.back() == null || decision.back();
            if (mayBeBack && size > 1 && path.get(size - 2) == decision.version()) {
                path.remove(size - 1);
            } else if (size == 0 || path.get(size - 1) != decision.version()) {
                path.add(decision.version());
            }
        }
        return path.size() < 2 ? Optional.empty() : Optional.of(path.get(path.size() - 2));
    }

    private static Optional<Decision> last(List<Decision> decisions) {
        return decisions.isEmpty() ? Optional.empty() : Optional.of(decisions.get(decisions.size() - 1));
    }

    private List<Decision> read(Table table, String name, Snapshot at) {
        return lakehouse.appendedRows(IDENTIFIER, table, at).stream()
                .filter(row -> name.equals(row.getField("name")))
                .map(row -> new Decision(
                        name,
                        (Long) row.getField("number"),
                        (Long) row.getField("version"),
                        (Long) row.getField("replaced"),
                        (String) row.getField("decided_by"),
                        (String) row.getField("reason"),
                        (Long) row.getField("decided_millis"),
                        (Boolean) row.getField("back")))
                .sorted(Comparator.comparingLong(Decision::number))
                .toList();
    }

    private static GenericRecord row(Table table, Decision decision) {
        GenericRecord row = GenericRecord.create(table.schema());
        row.setField("name", decision.name());
        row.setField("number", decision.number());
        row.setField("version", decision.version());
        row.setField("replaced", decision.replaced());
        row.setField("decided_by", decision.by());
        row.setField("reason", decision.why());
        row.setField("decided_millis", decision.atMillis());
        row.setField("back", decision.back());
        return row;
    }
}
