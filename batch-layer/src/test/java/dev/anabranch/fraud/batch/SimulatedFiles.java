package dev.anabranch.fraud.batch;

import dev.anabranch.fraud.Transaction;
import dev.anabranch.fraud.simulator.CardSimulation;
import dev.anabranch.fraud.simulator.LabelledTransaction;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Iterator;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** A small town's payments, simulated, as files of the public data set's form; and settings that train in seconds. */
final class SimulatedFiles {
    static final LocalDate FIRST_DAY = LocalDate.parse("2018-04-01");

    private SimulatedFiles() {}

    /** Writes {@code days} days of some 400 payments into one file. */
    static void write(Path folder, int days) throws IOException {
        CardSimulation town = new CardSimulation(new CardSimulation.Settings(3, "town", FIRST_DAY, 200, 250, 12));
        try (Writer file = new OutputStreamWriter(
                new GZIPOutputStream(Files.newOutputStream(folder.resolve("town.csv.gz"))), StandardCharsets.UTF_8)) {
            file.write("transaction_id,tx_datetime,customer_id,terminal_id,amount,fraud,fraud_scenario\n");
            for (Iterator<LabelledTransaction> all = town.days(0, days - 1L); all.hasNext(); ) {
                file.write(row(all.next()));
            }
        }
    }

    private static String row(LabelledTransaction labelled) {
        Transaction payment = labelled.transaction();
        return String.join(
                        ",",
                        payment.getTransactionId(),
                        Instant.ofEpochMilli(payment.getEventTimeMillis()).toString(),
                        payment.getCustomerId(),
                        payment.getTerminalId(),
                        BigDecimal.valueOf(payment.getAmountCents(), 2).toPlainString(),
                        labelled.fraud() ? "1" : "0",
                        String.valueOf(labelled.scenario()))
                + "\n";
    }

    static Map<String, String> quickTraining() {
        return Map.of(
                "anabranch.fraud.training.least-frauds", "5",
                "anabranch.fraud.training.gates.least-positives", "5",
                "anabranch.fraud.training.logistic-regression.iterations", "20",
                "anabranch.fraud.training.gradient-boosted-trees.trees", "10",
                "anabranch.fraud.training.gradient-boosted-trees.bins", "64",
                "anabranch.fraud.training.random-forest.trees", "10",
                "anabranch.fraud.training.random-forest.depth", "5",
                "anabranch.fraud.training.random-forest.bins", "64");
    }
}
