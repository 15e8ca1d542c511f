import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.util.ArrayList;
import java.util.List;

/** Checks the demo's report, as {@code java -cp 'infra/local/target/lib/*' .ci/CheckReport.java FILE}. */
public class CheckReport {
    private static final List<String> WRONG = new ArrayList<>();

    public static void main(String[] args) throws Exception {
        JsonNode report = new ObjectMapper().readTree(new File(args[0]));
        require(report, "/transactions", "200000 or more", v -> v >= 200_000);
        double events = report.at("/events").asDouble();
        require(report, "/archived_rows", "as many as events, " + events, v -> v == events);
        require(report, "/generations", "2 or more", v -> v >= 2);
        require(report, "/model/version", "1 or more", v -> v >= 1);
        for (String metric : List.of("auc", "average_precision", "card_precision_100")) {
            require(report, "/model/" + metric, "between 0 and 1", v -> v > 0 && v <= 1);
        }
        require(report, "/merge/checked", "1000 or more", v -> v >= 1_000);
        for (String view : List.of("fraud.customer", "fraud.terminal")) {
            require(report, "/merge/entities/" + view, "1000 or more", v -> v >= 1_000);
        }
        require(report, "/merge/mismatches", "0", v -> v == 0);
        require(report, "/skew/checked", "1000 or more", v -> v >= 1_000);
        require(report, "/skew/mismatches", "0", v -> v == 0);
        for (String latency : List.of("freshness_ms", "score_ms")) {
            require(report, "/" + latency + "/p50", "above 0", v -> v > 0);
            require(report, "/" + latency + "/p99", "above 0", v -> v > 0);
        }
        require(report, "/failures", "0", v -> v == 0);
        if (!WRONG.isEmpty()) {
            WRONG.forEach(System.err::println);
            System.exit(1);
        }
        System.out.println("The report is as it must be");
    }

    private interface Rule {
        boolean holds(double value);
    }

    private static void require(JsonNode report, String field, String must, Rule rule) {
        JsonNode value = report.at(field);
        if (!value.isNumber() || !rule.holds(value.asDouble())) {
            WRONG.add(field + " must be " + must + ", got " + value);
        }
    }
}
