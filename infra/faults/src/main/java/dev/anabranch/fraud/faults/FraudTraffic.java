package dev.anabranch.fraud.faults;

import dev.anabranch.contract.SchemaHistory;
import dev.anabranch.event.EventType;
import dev.anabranch.faults.load.Traffic;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.fraud.Transaction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificRecord;

/** Payments, and findings about those that are old enough. */
public final class FraudTraffic implements Traffic {
    private static final int CUSTOMERS = 1_500;
    private static final int TERMINALS = 700;
    private static final long MOST_CENTS = 50_000;
    private static final int FRAUD_ONE_IN = 5;

    /** One version ahead of the class: it has a field more. */
    private final Schema newer = SchemaHistory.get().versions(Transaction.SCHEMA$.getFullName()).stream()
            .filter(schema -> schema.getField("channel") != null)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException(
                    "The schema history must hold the version of Transaction that has a channel"));

    private final BinaryMessageEncoder<GenericRecord> newerEncoder =
            new BinaryMessageEncoder<>(GenericData.get(), newer);

    @Override
    public String useCase() {
        return FraudUseCase.NAME;
    }

    @Override
    public EventType<?> type() {
        return FraudEvents.TRANSACTION;
    }

    @Override
    public SpecificRecord event(long number, long timeMillis) {
        return new Transaction(id(number), timeMillis, customer(number), terminal(number), cents(number));
    }

    @Override
    public Map<String, Object> json(long number, long timeMillis) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("transactionId", id(number));
        json.put("eventTimeMillis", timeMillis);
        json.put("customerId", customer(number));
        json.put("terminalId", terminal(number));
        json.put("amountCents", cents(number));
        return json;
    }

    @Override
    public byte[] newer(long number, long timeMillis) {
        GenericRecord record = new GenericData.Record(newer);
        json(number, timeMillis).forEach(record::put);
        record.put("channel", "watch");
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            newerEncoder.encode(record, bytes);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("Memory does not fail to be written", e);
        }
    }

    @Override
    public long numberOf(SpecificRecord event) {
        return Long.parseLong(((Transaction) event).getTransactionId().substring(2));
    }

    @Override
    public FollowUp followUp(long number, long timeMillis, long nowMillis) {
        if (nowMillis - timeMillis < FraudViews.INVESTIGATION.toMillis()) {
            return null;
        }
        boolean fraud = mixed(number, 4) % FRAUD_ONE_IN == 0;
        return new FollowUp(
                FraudEvents.FRAUD_LABEL,
                new FraudLabel(id(number), nowMillis, timeMillis, customer(number), terminal(number), fraud));
    }

    @Override
    public Map<String, List<String>> entities() {
        return Map.of(
                FraudViews.CUSTOMER.name(),
                IntStream.range(0, CUSTOMERS).mapToObj(i -> "c-" + i).toList(),
                FraudViews.TERMINAL.name(),
                IntStream.range(0, TERMINALS).mapToObj(i -> "t-" + i).toList());
    }

    @Override
    public Map<String, String> entitiesOf(long number) {
        return Map.of(FraudViews.CUSTOMER.name(), customer(number), FraudViews.TERMINAL.name(), terminal(number));
    }

    @Override
    public Counted counted() {
        return new Counted(
                FraudViews.CUSTOMER.name(), "count.30d", Duration.ofDays(30).toMillis());
    }

    private static String id(long number) {
        return "f-" + number;
    }

    private static String customer(long number) {
        return "c-" + mixed(number, 1) % CUSTOMERS;
    }

    private static String terminal(long number) {
        return "t-" + mixed(number, 2) % TERMINALS;
    }

    private static long cents(long number) {
        return mixed(number, 3) % MOST_CENTS;
    }

    /** A number that looks drawn, from 0 on, the same for the same event. */
    private static long mixed(long number, int use) {
        long z = (number + 1) * 0x9E3779B97F4A7C15L + use * 0xC2B2AE3D27D4EB4FL;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return (z ^ (z >>> 31)) >>> 1;
    }
}
