package dev.anabranch.fraud.batch;

import dev.anabranch.event.EventType;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.fraud.simulator.CardTransactionFiles;
import dev.anabranch.fraud.simulator.LabelledTransaction;
import dev.anabranch.lakehouse.CutTable;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.RowFiles;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

/**
 * Labelled transactions as the archive that the platform would have kept of them, had every transaction arrived
 * when it was made and every label its delay later. Views and training sets then run on it as on any archive.
 */
final class ReplayedArchive {
    private static final int PARTITIONS = 4;

    /** Files are finished after so many rows, for every day of them has one open. */
    private static final int ROWS_AT_A_TIME = 250_000;

    private final Payments payments;
    private final Duration delay;

    /** All payments in the order of time, as often as one asks; whoever asks closes what he got. */
    interface Payments {
        Stream<LabelledTransaction> open() throws IOException;
    }

    /** @param data files of labelled transactions */
    ReplayedArchive(Path data, Duration delay) {
        this(() -> read(data), delay);
    }

    ReplayedArchive(Payments payments, Duration delay) {
        this.payments = payments;
        this.delay = delay;
    }

    private static Stream<LabelledTransaction> read(Path data) throws IOException {
        CardTransactionFiles files = CardTransactionFiles.open(data);
        return stream(files).onClose(() -> {
            try {
                files.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Those that an iterator gives, in its order. */
    static Stream<LabelledTransaction> stream(Iterator<LabelledTransaction> payments) {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(payments, Spliterator.ORDERED), false);
    }

    /**
     * Fills the event tables.
     *
     * @return how many transactions there are
     * @throws dev.anabranch.simulator.BrokenFileException when a file cannot be read to its end, naming the line
     */
    long writeTo(Lakehouse lakehouse) throws IOException {
        lakehouse.events(FraudEvents.FRAUD_LABEL);
        lakehouse.events(FraudEvents.TRANSACTION);
        CompletableFuture<Long> labels = CompletableFuture.supplyAsync(() -> write(
                lakehouse,
                FraudEvents.FRAUD_LABEL,
                this::label,
                label -> label.getTransactionTimeMillis() + delayMillis()));
        CompletableFuture<Long> transactions = CompletableFuture.supplyAsync(() -> write(
                lakehouse, FraudEvents.TRANSACTION, LabelledTransaction::transaction, Transaction::getEventTimeMillis));
        try {
            labels.join();
            return transactions.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IOException("The data cannot be read: " + e.getCause().getMessage(), e.getCause());
        }
    }

    private long delayMillis() {
        return delay.toMillis();
    }

    private FraudLabel label(LabelledTransaction labelled) {
        Transaction payment = labelled.transaction();
        return new FraudLabel(
                payment.getTransactionId(),
                payment.getEventTimeMillis() + delayMillis(),
                payment.getEventTimeMillis(),
                payment.getCustomerId(),
                payment.getTerminalId(),
                labelled.fraud());
    }

    private <E extends SpecificRecord> long write(
            Lakehouse lakehouse,
            EventType<E> type,
            Function<LabelledTransaction, E> event,
            Function<E, Long> arrivalMillis) {
        Table table = lakehouse.events(type);
        List<DataFile> done = new ArrayList<>();
        RowFiles files = new RowFiles(table, 0);
        GenericRecord row = GenericRecord.create(table.schema());
        long[] next = new long[PARTITIONS];
        long rows = 0;
        try (Stream<LabelledTransaction> opened = payments.open()) {
            Iterator<LabelledTransaction> all = opened.iterator();
            while (all.hasNext()) {
                E one = event.apply(all.next());
                int partition =
                        BuiltInPartitioner.partitionForKey(type.key(one).getBytes(StandardCharsets.UTF_8), PARTITIONS);
                fill(row, one);
                row.setField(EventTables.EVENT_TIME, type.eventTimeMillis(one) * 1_000);
                row.setField(EventTables.KAFKA_PARTITION, partition);
                row.setField(EventTables.KAFKA_OFFSET, next[partition]++);
                row.setField(EventTables.ARRIVAL_MILLIS, arrivalMillis.apply(one));
                files.write(row);
                if (++rows % ROWS_AT_A_TIME == 0) {
                    done.addAll(files.complete());
                    files = new RowFiles(table, (int) (rows / ROWS_AT_A_TIME));
                }
            }
        } catch (IOException e) {
            throw new CompletionException(e);
        } catch (UncheckedIOException e) {
            throw new CompletionException(e.getCause());
        }
        done.addAll(files.complete());
        new CutTable(table).append(done, Cut.NOTHING, ends(type.topic(), next));
        return rows;
    }

    private static void fill(GenericRecord row, SpecificRecord event) {
        for (Schema.Field field : event.getSchema().getFields()) {
            row.setField(field.name(), event.get(field.pos()));
        }
    }

    /** Offsets may have gaps, so the log may as well end at the end of a block: a run then leaves no row out. */
    private static Map<Origin, Long> ends(String topic, long[] next) {
        Map<Origin, Long> ends = new HashMap<>();
        for (int partition = 0; partition < next.length; partition++) {
            long blocks = Math.floorDiv(next[partition] + Cut.BLOCK - 1, Cut.BLOCK);
            ends.put(new Origin(topic, partition), blocks * Cut.BLOCK);
        }
        return ends;
    }
}
