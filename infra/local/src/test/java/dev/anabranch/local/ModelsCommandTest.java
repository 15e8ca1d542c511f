package dev.anabranch.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What is asked of the REST API, and what a person reads of its answers. */
class ModelsCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> asked = new ArrayList<>();
    private int status = 200;
    private String answer = "{}";
    private HttpServer server;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Content-Type") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aFileIsSentAsItIsWithItsFeaturesFromAFile() throws IOException {
        Path onnx = Files.writeString(folder.resolve("lab.onnx"), "bytes");
        Path features =
                Files.writeString(folder.resolve("features.txt"), "# in order\namount\n\nrisk.30d # of the terminal\n");
        status = 201;
        answer = "{\"version\":4}";

        int exit = models(
                "register",
                "fraud",
                "--onnx",
                onnx.toString(),
                "--features-file",
                features.toString(),
                "--by",
                "ann",
                "--why",
                "from the lab");

        assertThat(exit).as(err.toString()).isZero();
        assertThat(asked)
                .containsExactly("POST /v1/models/fraud?features=amount%2Crisk.30d&file=lab.onnx&by=ann"
                        + "&why=from%20the%20lab application/octet-stream bytes");
        assertThat(out.toString())
                .contains("fraud version 4 is registered and not live", "anabranch models promote fraud 4 --why");
    }

    @Test
    void everyRuleThatIsBrokenIsALine() throws IOException {
        Path onnx = Files.writeString(folder.resolve("lab.onnx"), "bytes");
        status = 400;
        answer = """
                {"detail": "first (and 1 more)", "violations": [
                  {"field": "features[0]", "rule": "must be one of [a]", "value": "'b'"},
                  {"field": "features[1]", "rule": "must be one of [a]", "value": "'c'"}]}""";

        int exit = models("register", "fraud", "--onnx", onnx.toString(), "--features", "b,c", "--why", "x");

        assertThat(exit).isEqualTo(1);
        assertThat(err.toString())
                .contains("features[0] must be one of [a], got 'b'\n", "features[1] must be one of [a], got 'c'")
                .doesNotContain("more");
    }

    @Test
    void aVersionThatLearnsAsLabelsArriveSaysFromHowMany() {
        answer = """
                {"name": "fraud", "live": 1, "versions": [
                  {"version": 1, "algorithm": "random-forest", "metrics": {"auc": 0.89}, "createdMillis": 0,
                   "evaluated": true, "passed": true, "labelsLearnt": null},
                  {"version": 2, "algorithm": "ftrl-proximal", "metrics": {"progressive_auc": 0.875}, "createdMillis": 0,
                   "evaluated": false, "passed": true, "labelsLearnt": 12000}], "decisions": []}""";

        int exit = models("fraud");

        assertThat(exit).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains(
                        "* version 1 (random-forest, auc 0.8900), trained",
                        "  version 2 (ftrl-proximal, learnt from 12,000 labels, progressive_auc 0.8750), trained",
                        "    measured on no labels yet");
    }

    @Test
    void aFileThatIsNotThereIsNamedAndNothingIsAsked() {
        Path missing = folder.resolve("missing.onnx");

        int exit = models("register", "fraud", "--onnx", missing.toString(), "--features", "a", "--why", "x");

        assertThat(exit).isEqualTo(1);
        assertThat(err.toString()).contains("The file " + missing + " must be readable");
        assertThat(asked).isEmpty();
    }

    @Test
    void aVersionThatNoLabelsHaveMeasuredSaysSoAndIsPromotedOnlyWhenAskedFor() {
        answer = """
                {"versions": [{"version": 4, "algorithm": "imported-onnx", "metrics": {}, "passed": true,
                  "evaluated": false, "createdMillis": 0}], "decisions": []}""";

        assertThat(models("fraud")).as(err.toString()).isZero();
        models("promote", "fraud", "4", "--by", "ann", "--why", "x");
        models("promote", "fraud", "4", "--by", "ann", "--why", "x", "--unevaluated");

        assertThat(out.toString()).contains("version 4 (imported-onnx)", "measured on no labels yet");
        assertThat(asked)
                .filteredOn(each -> each.startsWith("POST /v1/models/fraud/live"))
                .satisfiesExactly(
                        unasked -> assertThat(unasked).contains("\"unevaluated\":false"),
                        forced -> assertThat(forced).contains("\"unevaluated\":true"));
    }

    @Test
    void everyGateOfAVersionIsTold() {
        answer = """
                {"name": "fraud", "version": 3, "passed": false, "judgement": {
                  "gates": [
                    {"name": "rows", "value": 200.0, "least": 100.0, "passed": true, "told": "rows 200 reaches 100"},
                    {"name": "champion", "value": -0.3, "least": -0.02, "passed": false, "told": "it is 0.28 below"}],
                  "champion": 2, "measured": {"auc": 0.91},
                  "compared": {"metric": "auc", "difference": -0.1, "lower": -0.3, "upper": 0.1}}}""";

        assertThat(models("show", "fraud", "3")).as(err.toString()).isZero();

        assertThat(out.toString())
                .containsPattern("gate rows +passed: rows 200 reaches 100")
                .containsPattern("gate champion +held back: it is 0.28 below")
                .containsPattern("champion version +2")
                .containsPattern("champion auc +0.91")
                .containsPattern("compared lower +-0.3");
    }

    @Test
    void howEachVersionHasFaredIsATableAndVersionsWithoutOutcomesAreNamed() {
        answer = """
                {"name": "fraud", "live": 3, "versions": [
                  {"version": 2, "seen": false, "windows": [], "provenance": {"exact": true}},
                  {"version": 3, "seen": true, "provenance": {"exact": false, "inexactBecause": "it was pruned"},
                   "windows": [
                    {"window": "1d", "predictions": 0, "positives": 0},
                    {"window": "7d", "predictions": 1200, "positives": 12, "logLoss": 0.04711, "brier": 0.0081,
                     "calibrationError": 0.0123, "auc": {"value": 0.91, "least": 0.9, "most": 0.92},
                     "averagePrecision": {"value": 0.5, "least": 0.4, "most": 0.6}}]}]}""";

        assertThat(models("quality", "fraud", "--k", "50")).as(err.toString()).isZero();

        assertThat(asked.get(0)).startsWith("GET /v1/models/fraud/quality?k=50");
        assertThat(out.toString())
                .contains("precision at 50")
                .containsPattern("\\* 3 +1d +0 +0 +- +- +- +- +- +-\n")
                .containsPattern("\\* 3 +7d +1200 +12 +0.9100 \\(0.9000-0.9200\\) +0.5000 \\(0.4000-0.6000\\) +-"
                        + " +0.0471 +0.0081 +0.0123\n")
                .contains("not exact: it was pruned", "No prediction has met its label of version 2");
    }

    @Test
    void howFarOffEachVersionHasBeenIsATable() {
        answer = """
                {"name": "fraud", "live": 3, "versions": [
                  {"version": 3, "seen": true, "provenance": {"exact": true}, "windows": [
                    {"window": "1d", "amounts": 0, "expected": 0.0, "actual": 0.0},
                    {"window": "7d", "amounts": 1200, "expected": 1234567.5, "actual": 2000000.0, "bias": -637.86,
                     "relativeBias": -0.38272, "meanAbsoluteError": 2100.5, "rootMeanSquaredError": 9000.25}]}]}""";

        assertThat(models("errors", "fraud")).as(err.toString()).isZero();

        assertThat(asked.get(0)).startsWith("GET /v1/models/fraud/errors");
        assertThat(out.toString())
                .containsPattern("\\* 3 +1d +0 +0.00 +0.00 +- +- +- +-\n")
                .containsPattern("\\* 3 +7d +1200 +1,234,567.50 +2,000,000.00 +-637.86 +-38.3 % +2,100.50 +9,000.25\n");
    }

    @Test
    void whatTheApiSaysOfAModelWithoutLabelsIsToldAsItIs() {
        status = 404;
        answer = "{\"detail\": \"Predictions of recommendation do not meet labels; those of [fraud] do\"}";

        assertThat(models("quality", "recommendation")).isEqualTo(1);

        assertThat(err.toString()).contains("Predictions of recommendation do not meet labels");
    }

    @Test
    void sharesMayBeGivenInPerCent() throws IOException {
        answer = """
                {"number": 1, "phase": 1, "phaseMillis": 0, "arms": [
                  {"name": "champion", "version": 3, "share": 0.8},
                  {"name": "challenger-7", "version": 7, "share": 0.2, "refused": "its digest differs"}]}""";

        int exit = command(
                "experiments",
                "start",
                "fraud",
                "--challenger",
                "7=20%",
                "--shadow",
                "8",
                "--holdout",
                "5=0.05",
                "--by",
                "ann",
                "--why",
                "to see");

        assertThat(exit).as(err.toString()).isZero();
        String request = asked.get(0);
        assertThat(request).startsWith("POST /v1/models/fraud/experiment application/json ");
        assertThat(new ObjectMapper().readTree(request.substring(request.indexOf('{'))))
                .isEqualTo(new ObjectMapper().readTree("""
                        {"challengers": [{"version": 7, "share": 0.2}], "shadows": [8],
                         "holdout": {"version": 5, "share": 0.05}, "unevaluated": false, "by": "ann", "why": "to see"}"""));
        assertThat(out.toString())
                .contains("champion         version 3     80.00 %", "20.00 %  cannot be used: its digest differs");
        assertThat(command("experiments", "start", "fraud", "--challenger", "7", "--why", "x"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("A version and its share must be like 7=20% or 7=0.2, got 7");
    }

    @Test
    void whatAnExperimentCameToIsSaidBesideTheChampion() {
        answer = """
                {"name": "fraud", "steps": [{"step": 1, "action": "start", "experiment": 1, "phase": 1,
                   "shares": {"challenger-7": 0.5}, "by": "ann", "why": "to see", "atMillis": 0}],
                 "results": {"experiment": 1, "phase": 1, "run": "r", "atMillis": 0, "arms": [
                   {"arm": "challenger-7", "metric": "brier", "entities": 500, "predictions": 900, "labelled": 800,
                    "positives": 9, "mean": 0.0125}],
                  "verdict": {"sampleRatio": {"p": 1, "mismatch": false}, "comparisons": [
                   {"arm": "challenger-7", "metric": "brier", "difference": -0.002, "lower": -0.003, "upper": -0.001,
                    "p": 0.01, "verdict": "BETTER"},
                   {"arm": "holdout", "metric": "brier", "verdict": "TOO_FEW"}]}}}""";

        assertThat(command("experiments", "fraud")).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains(
                        "start   experiment 1, phase 1  {challenger-7=50.00 %}  by ann: to see",
                        "no experiment with fraud is running",
                        "500 entities, 900 predictions, 800 labelled, 9 positive; mean 0.01250",
                        "better beside the champion: -0.002000 [-0.003000, -0.001000] at any time, p 0.01000",
                        "too few beside the champion: - [-, -]")
                .doesNotContain("nothing above means anything");
    }

    private int models(String... args) {
        List<String> all = new ArrayList<>(List.of("models"));
        all.addAll(List.of(args));
        return command(all.toArray(String[]::new));
    }

    private int command(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--url", "http://127.0.0.1:" + server.getAddress().getPort()));
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(all.toArray(String[]::new));
    }
}
