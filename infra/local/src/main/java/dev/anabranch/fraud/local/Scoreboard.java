package dev.anabranch.fraud.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.anabranch.local.check.Latencies;
import dev.anabranch.local.check.MergeCheck;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** What the demo saw, for a person and as JSON. */
final class Scoreboard {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    long days;
    long history;
    double historySeconds;
    long transactions;
    long labels;
    long refused;
    long archivedRows;
    boolean archiveCounted;
    long generations;
    double firstRunSeconds;
    double laterRunSeconds;
    long modelVersion;
    String algorithm = "";
    Map<String, Double> metrics = Map.of();
    MergeCheck.Result merge = new MergeCheck.Result(0, Map.of(), 0, 0, List.of());
    long predictionsInTheStream;
    long predictionsOverRest;
    boolean skewCompared;
    long skewChecked;
    long skewMismatches;
    long skewByArrival;
    long skewUnsettled;
    Latencies freshness = new Latencies();
    long probesLost;
    Latencies score = new Latencies();
    long failures;
    String firstFailure;
    Map<String, Long> memoryMib = Map.of();

    long events() {
        return transactions + labels;
    }

    /** Whether everything that was checked is as it must be, once nothing happens any more. */
    boolean allRight() {
        return merge.mismatches() == 0
                && skewCompared
                && skewMismatches == 0
                && skewUnsettled == 0
                && archiveCounted
                && archivedRows == events()
                && probesLost == 0
                && failures == 0;
    }

    void write(Path file) throws IOException {
        ObjectNode report = JSON.createObjectNode();
        report.put("events", events());
        report.put("transactions", transactions);
        report.put("labels", labels);
        report.put("archived_rows", archivedRows);
        report.put("generations", generations);
        ObjectNode model = report.putObject("model");
        model.put("version", modelVersion);
        model.put("algorithm", algorithm);
        metrics.forEach((name, value) -> model.put(name.replace('-', '_'), value));
        ObjectNode merged = report.putObject("merge");
        merged.put("checked", merge.checked());
        ObjectNode entities = merged.putObject("entities");
        merge.entities().forEach(entities::put);
        merged.put("mismatches", merge.mismatches());
        merged.put("inexact", merge.inexact());
        ObjectNode skew = report.putObject("skew");
        skew.put("checked", skewChecked);
        skew.put("mismatches", skewMismatches);
        skew.put("by_arrival_order", skewByArrival);
        skew.put("unsettled", skewUnsettled);
        ObjectNode predictions = report.putObject("predictions");
        predictions.put("stream", predictionsInTheStream);
        predictions.put("rest", predictionsOverRest);
        percentiles(report.putObject("freshness_ms"), freshness);
        percentiles(report.putObject("score_ms"), score);
        report.put("failures", failures);
        ObjectNode memory = report.putObject("memory_mib");
        memoryMib.forEach(memory::put);
        if (file.getParent() != null) {
            Files.createDirectories(file.getParent());
        }
        JSON.writeValue(file.toFile(), report);
    }

    private static void percentiles(ObjectNode node, Latencies latencies) {
        latencies.percentileMillis(0.5).ifPresent(p -> node.put("p50", p));
        latencies.percentileMillis(0.99).ifPresent(p -> node.put("p99", p));
        node.put("count", latencies.count());
    }

    void print(PrintStream out, String api) {
        out.println();
        out.println("What happened");
        line(
                out,
                "%,d payments and %,d labels: %d days of history in %.0f s, then live",
                transactions,
                labels,
                days,
                historySeconds);
        line(
                out,
                "%,d rows in the archive%s",
                archivedRows,
                !archiveCounted ? ", still counting" : archivedRows == events() ? ": every one of them" : " - NOT all");
        line(
                out,
                "%d generations of batch views, the first in %.0f s, the latest in %.0f s",
                generations,
                firstRunSeconds,
                laterRunSeconds);
        if (skewCompared) {
            line(out, "%,d payments scored in the stream, %,d over REST", predictionsInTheStream, predictionsOverRest);
        }
        out.println("How fresh");
        line(out, "a payment shows in an answer %s after it was made", spell(freshness));
        out.println("How right");
        line(
                out,
                "%,d merged answers about %s compared with a fold over the whole log: %s",
                merge.checked(),
                merge.entities(),
                merge.mismatches() == 0 ? "all equal, to the bit" : merge.mismatches() + " MISMATCHES");
        merge.told().forEach(told -> line(out, "  %s", told));
        if (skewCompared) {
            line(
                    out,
                    "%,d predictions computed again from the archive: %s (%,d would differ had the order of arrival been"
                            + " used)",
                    skewChecked,
                    skewMismatches == 0 ? "every feature equal, to the bit" : skewMismatches + " MISMATCHES",
                    skewByArrival);
        }
        line(out, "model %d (%s): %s", modelVersion, algorithm, metrics(metrics));
        out.println("How fast");
        line(out, "a score over REST takes %s, from the moment of the payment", spell(score));
        if (failures > 0) {
            line(out, "%d requests FAILED; the first: %s", failures, firstFailure);
        }
        if (probesLost > 0) {
            line(out, "%d of the payments that freshness is measured by were NOT SEEN within 30 s", probesLost);
        }
        out.println("What to try next");
        line(out, "what is known of one customer, and how:   curl %s/v1/views/fraud.customer/c-17", api);
        line(
                out,
                "a score:   curl --json '{\"customerId\":\"c-17\",\"terminalId\":\"t-4\",\"amountCents\":4200}' %s/v1/fraud/score",
                api);
        line(out, "everything else it answers:   %s/q/swagger-ui", api);
        out.flush();
    }

    private static String metrics(Map<String, Double> metrics) {
        StringBuilder text = new StringBuilder();
        metrics.forEach((name, value) -> text.append(text.isEmpty() ? "" : ", ")
                .append(name)
                .append(' ')
                .append(String.format(Locale.ROOT, "%.3f", value)));
        return text.toString();
    }

    private static String spell(Latencies latencies) {
        OptionalDouble middle = latencies.percentileMillis(0.5);
        if (middle.isEmpty()) {
            return "(not measured yet)";
        }
        return String.format(
                Locale.ROOT,
                "%.0f ms (99 %% within %.0f ms; %,d measured)",
                middle.getAsDouble(),
                latencies.percentileMillis(0.99).getAsDouble(),
                latencies.count());
    }

    private static void line(PrintStream out, String format, Object... values) {
        out.println("  " + String.format(Locale.ROOT, format, values));
    }
}
