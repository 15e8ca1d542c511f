package dev.anabranch.recommendation.simulator;

import dev.anabranch.event.EventType;
import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.Item;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.simulator.SimulatedEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Interactions read from public data sets, in the order of time: a clickstream with {@code event_type, user_id, item_id,
 * session_id}, or the invoice lines of a shop with {@code invoice_no, stock_code, customer_id}; the header says which.
 *
 * <p>Of invoice lines, sales to a known customer count, as purchases, and an item is published when it is first sold. The
 * item before is that of the same visit or invoice.
 */
public final class RecordedInteractions implements Iterator<SimulatedEvent<?>>, AutoCloseable {
    /** The strengths that the published rerun on the clickstream uses, in thousandths. */
    private static final Map<String, Long> STRENGTHS =
            Map.of("view", 1_000L, "like", 2_000L, "bookmark", 2_500L, "follow", 3_000L, "comment", 4_000L);

    private static final long PURCHASE = 5_000;
    private static final String PRODUCT = "\\d{5}[A-Za-z]*";
    private static final int REMEMBERED_VISITS = 100_000;

    private final CsvRows rows;
    private final boolean invoices;
    private final long shiftMillis;
    private final Deque<SimulatedEvent<?>> due = new ArrayDeque<>();
    private final Set<String> published = new HashSet<>();
    private long lastMillis = Long.MIN_VALUE;
    private long interactions;

    private final Map<String, String> itemBefore = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > REMEMBERED_VISITS;
        }
    };

    private RecordedInteractions(CsvRows rows, boolean invoices, long shiftMillis) {
        this.rows = rows;
        this.invoices = invoices;
        this.shiftMillis = shiftMillis;
    }

    /**
     * Opens a folder, or one file.
     *
     * @param shiftMillis is added to every time
     * @throws IOException when there is nothing to read, or a header of another kind
     */
    public static RecordedInteractions open(Path data, long shiftMillis) throws IOException {
        CsvRows rows = CsvRows.open(data);
        Set<String> columns = rows.columns().keySet();
        boolean invoices = columns.contains("invoice_no");
        if (!invoices && !columns.contains("event_type")) {
            rows.close();
            throw new IOException("Data must be a clickstream with a column event_type or invoices with a column"
                    + " invoice_no, got " + columns + " in " + data);
        }
        return new RecordedInteractions(rows, invoices, shiftMillis);
    }

    /** The time of the last interaction, in epoch milliseconds. */
    public static long lastMillis(Path data) throws IOException {
        try (RecordedInteractions all = open(data, 0)) {
            while (all.hasNext()) {
                all.next();
            }
            return all.lastMillis;
        }
    }

    /** How many interactions were given out. */
    public long interactions() {
        return interactions;
    }

    /** How many of the files were begun, from 0 to 1. */
    public double done() {
        return rows.done();
    }

    /** @throws dev.anabranch.simulator.BrokenFileException when the next row breaks a rule or cannot be read */
    @Override
    public boolean hasNext() {
        while (due.isEmpty() && rows.hasNext()) {
            CsvRows.Row row = rows.next();
            if (invoices) {
                sale(row);
            } else {
                add(row, clicked(row));
            }
        }
        return !due.isEmpty();
    }

    @Override
    public SimulatedEvent<?> next() {
        if (!hasNext()) {
            throw new NoSuchElementException("There is no interaction left");
        }
        SimulatedEvent<?> next = due.remove();
        if (next.record() instanceof Interaction) {
            interactions++;
        }
        return next;
    }

    @Override
    public void close() {
        rows.close();
    }

    private Interaction clicked(CsvRows.Row row) {
        String type = row.get("event_type");
        Long strength = STRENGTHS.get(type);
        if (strength == null) {
            throw row.broken("event_type must be one of " + STRENGTHS.keySet() + ", got '" + type + "'");
        }
        String item = row.get("item_id");
        return new Interaction(
                row.get("event_id"),
                millis(row, "event_time"),
                row.get("user_id"),
                item,
                row.get("session_id"),
                type,
                strength,
                row.get("country"),
                before(row.get("session_id"), item));
    }

    private void sale(CsvRows.Row row) {
        String item = row.get("stock_code");
        String customer = row.get("customer_id");
        boolean counts = !customer.isEmpty()
                && item.matches(PRODUCT)
                && !row.get("quantity").startsWith("-")
                && !row.get("invoice_no").startsWith("C");
        if (!counts) {
            return;
        }
        long at = millis(row, "invoice_time");
        String invoice = row.get("invoice_no");
        String description = row.get("description");
        if (published.add(item)) {
            Map<String, String> attributes =
                    EventType.isIdentifier(description) ? Map.of("description", description) : Map.of();
            due.add(new SimulatedEvent<>(
                    RecommendationEvents.ITEM, new Item("item-" + item, at, item, true, attributes)));
        }
        add(
                row,
                new Interaction(
                        invoice + "-" + row.get("line_no"),
                        at,
                        customer,
                        item,
                        invoice,
                        "purchase",
                        PURCHASE,
                        row.get("country"),
                        before(invoice, item)));
    }

    private void add(CsvRows.Row row, Interaction interaction) {
        RecommendationEvents.INTERACTION
                .check(interaction, interaction.getEventTimeMillis())
                .ifPresent(violation -> {
                    throw row.broken(violation.toString());
                });
        due.add(new SimulatedEvent<>(RecommendationEvents.INTERACTION, interaction));
    }

    /** The item this visit was at; the one before that while it stays there. */
    private String before(String visit, String item) {
        String at = itemBefore.getOrDefault(visit, "");
        itemBefore.put(visit, item);
        return at.equals(item) ? "" : at;
    }

    private long millis(CsvRows.Row row, String column) {
        long at;
        try {
            at = Instant.parse(row.get(column)).toEpochMilli();
        } catch (DateTimeParseException e) {
            throw row.broken(column + " must be a moment such as 2016-12-01T00:00:00Z, got '" + row.get(column) + "'");
        }
        if (at < lastMillis) {
            throw row.broken(column + " must not be before the row before it, " + Instant.ofEpochMilli(lastMillis)
                    + ", got " + row.get(column));
        }
        lastMillis = at;
        return at + shiftMillis;
    }
}
