package dev.anabranch.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Versions of models for a person, from what the REST API says of them. */
final class ModelTable {
    private static final String QUALITY_ROW = "%-9s %-6s %11s %9s %-20s %-20s %-20s %8s %8s %11s";
    private static final String ERRORS_ROW = "%-9s %-6s %9s %16s %16s %12s %9s %15s %12s";

    private ModelTable() {}

    /** {@code version 3 (random-forest, auc 0.8900)}, or {@code version 4 (ftrl-proximal, learnt from 12,000 labels)}. */
    static String version(JsonNode version) {
        return "version " + version.path("version").asLong() + " ("
                + version.path("algorithm").asText() + learnt(version.path("labelsLearnt"))
                + metrics(version.path("metrics")) + ")";
    }

    private static String learnt(JsonNode labels) {
        return labels.isNumber() ? String.format(Locale.ROOT, ", learnt from %,d labels", labels.asLong()) : "";
    }

    private static String metrics(JsonNode metrics) {
        StringBuilder told = new StringBuilder();
        metrics.fields()
                .forEachRemaining(each -> told.append(String.format(
                        Locale.ROOT, ", %s %.4f", each.getKey(), each.getValue().asDouble())));
        return told.toString();
    }

    static void history(JsonNode model, PrintWriter out) {
        List<String> versions = new ArrayList<>();
        model.path("versions").forEach(each -> versions.add(versionLine(each, model.path("live"))));
        out.println(versions.isEmpty() ? "No version of it has been trained yet." : String.join("\n", versions));
        for (JsonNode decision : model.path("decisions")) {
            out.println("  " + at(decision.path("atMillis").asLong()) + "  version "
                    + decision.path("version").asLong() + " was to be live, by "
                    + decision.path("by").asText() + ": " + decision.path("why").asText());
        }
    }

    private static String versionLine(JsonNode version, JsonNode live) {
        boolean isLive =
                live.isNumber() && live.asLong() == version.path("version").asLong();
        return (isLive ? "* " : "  ") + version(version) + ", trained "
                + at(version.path("createdMillis").asLong())
                + (version.path("passed").asBoolean()
                        ? ""
                        : "\n    held back: " + version.path("gate").asText())
                + (version.path("evaluated").asBoolean(true) ? "" : "\n    measured on no labels yet");
    }

    static void detail(JsonNode version, PrintWriter out) {
        flat(version).forEach((field, value) -> out.printf("  %-40s %s%n", field, value));
    }

    static void compare(JsonNode one, JsonNode other, PrintWriter out) {
        Map<String, String> left = flat(one);
        Map<String, String> right = flat(other);
        Map<String, String> all = new LinkedHashMap<>(left);
        right.forEach(all::putIfAbsent);
        for (String field : all.keySet()) {
            String a = left.getOrDefault(field, "-");
            String b = right.getOrDefault(field, "-");
            if (!a.equals(b)) {
                out.printf("  %-40s %s%n  %-40s %s%n", field, a, "", b);
            }
        }
    }

    /** A line for each window of each version of which any prediction has met its label. */
    static void quality(JsonNode model, long k, PrintWriter out) {
        List<String> head = List.of(
                "predictions",
                "positives",
                "auc",
                "average precision",
                "precision at " + k,
                "log loss",
                "brier",
                "calibration");
        windows(
                model,
                QUALITY_ROW,
                head,
                window -> List.of(
                        window.path("predictions").asText("-"),
                        window.path("positives").asText("-"),
                        figure(window.path("auc")),
                        figure(window.path("averagePrecision")),
                        figure(window.path("precisionAtK")),
                        number(window.path("logLoss")),
                        number(window.path("brier")),
                        number(window.path("calibrationError"))),
                "No prediction has met its label",
                out);
    }

    /** A line for each window of each version of which any prediction has met its label. */
    static void errors(JsonNode model, PrintWriter out) {
        windows(
                model,
                ERRORS_ROW,
                List.of("amounts", "expected", "actual", "bias", "relative", "absolute error", "rms error"),
                window -> List.of(
                        window.path("amounts").asText("-"),
                        amount(window.path("expected")),
                        amount(window.path("actual")),
                        amount(window.path("bias")),
                        share(window.path("relativeBias")),
                        amount(window.path("meanAbsoluteError")),
                        amount(window.path("rootMeanSquaredError"))),
                "Nothing that was expected is known to have come true or not",
                out);
    }

    private static void windows(
            JsonNode model,
            String row,
            List<String> head,
            Function<JsonNode, List<String>> cells,
            String nothing,
            PrintWriter out) {
        List<Long> unseen = new ArrayList<>();
        boolean begun = false;
        for (JsonNode version : model.path("versions")) {
            if (!version.path("seen").asBoolean()) {
                unseen.add(version.path("version").asLong());
                continue;
            }
            if (!begun) {
                line(out, row, "version", "window", head);
                begun = true;
            }
            boolean isLive = model.path("live").isNumber()
                    && model.path("live").asLong() == version.path("version").asLong();
            for (JsonNode window : version.path("windows")) {
                line(
                        out,
                        row,
                        (isLive ? "* " : "  ") + version.path("version").asText(),
                        window.path("window").asText(),
                        cells.apply(window));
            }
            if (!version.path("provenance").path("exact").asBoolean()) {
                out.println("    not exact: "
                        + version.path("provenance").path("inexactBecause").asText());
            }
        }
        if (!unseen.isEmpty()) {
            out.println(nothing + " of version "
                    + String.join(", ", unseen.stream().map(String::valueOf).toList()));
        } else if (!begun) {
            out.println("No version of it has been trained yet.");
        }
    }

    private static void line(PrintWriter out, String row, String version, String window, List<String> cells) {
        List<Object> all = new ArrayList<>(List.of(version, window));
        all.addAll(cells);
        out.println(String.format(Locale.ROOT, row, all.toArray()).stripTrailing());
    }

    /** {@code 0.8862 (0.8850-0.8871)}. */
    private static String figure(JsonNode figure) {
        return figure.isMissingNode()
                ? "-"
                : number(figure.path("value")) + " (" + number(figure.path("least")) + "-" + number(figure.path("most"))
                        + ")";
    }

    private static String number(JsonNode number) {
        return number.isNumber() ? String.format(Locale.ROOT, "%.4f", number.asDouble()) : "-";
    }

    private static String amount(JsonNode amount) {
        return amount.isNumber() ? String.format(Locale.ROOT, "%,.2f", amount.asDouble()) : "-";
    }

    /** {@code +12.3 %}. */
    private static String share(JsonNode share) {
        return share.isNumber() ? String.format(Locale.ROOT, "%+.1f %%", 100 * share.asDouble()) : "-";
    }

    /** Every value under the names that lead to it: {@code metrics.auc}. */
    private static Map<String, String> flat(JsonNode version) {
        Map<String, String> flat = new LinkedHashMap<>();
        Iterator<Map.Entry<String, JsonNode>> fields = version.fields();
        while (fields.hasNext()) {
            Map.Entry<String, JsonNode> field = fields.next();
            if (field.getKey().equals("cut")) {
                field.getValue()
                        .forEach(at -> flat.put(
                                "cut " + at.path("topic").asText() + "-"
                                        + at.path("partition").asInt(),
                                at.path("offset").asText()));
            } else if (field.getKey().equals("judgement")) {
                judgement(field.getValue(), flat);
            } else if (field.getValue().isObject()) {
                field.getValue()
                        .fields()
                        .forEachRemaining(each -> flat.put(
                                field.getKey() + " " + each.getKey(),
                                each.getValue().asText()));
            } else if (field.getKey().endsWith("Millis")) {
                flat.put(field.getKey(), at(field.getValue().asLong()));
            } else {
                flat.put(
                        field.getKey(),
                        field.getValue().isValueNode()
                                ? field.getValue().asText()
                                : field.getValue().toString());
            }
        }
        return flat;
    }

    /** Gate by gate, then what the champion measured and how far it is away. */
    private static void judgement(JsonNode judgement, Map<String, String> flat) {
        judgement
                .path("gates")
                .forEach(gate -> flat.put(
                        "gate " + gate.path("name").asText(),
                        (gate.path("passed").asBoolean() ? "passed: " : "held back: ")
                                + gate.path("told").asText()));
        if (judgement.path("champion").isNumber()) {
            flat.put("champion version", judgement.path("champion").asText());
        }
        judgement
                .path("measured")
                .fields()
                .forEachRemaining(each ->
                        flat.put("champion " + each.getKey(), each.getValue().asText()));
        judgement
                .path("compared")
                .fields()
                .forEachRemaining(each ->
                        flat.put("compared " + each.getKey(), each.getValue().asText()));
    }

    static String at(long millis) {
        return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
