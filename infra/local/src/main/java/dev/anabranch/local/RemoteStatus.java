package dev.anabranch.local;

import com.fasterxml.jackson.databind.JsonNode;
import dev.anabranch.local.check.Api;
import java.io.PrintWriter;

/** How a deployment is, as its serving layer sees it, for a person. */
final class RemoteStatus {
    private RemoteStatus() {}

    /** @return the exit code */
    static int print(Api api, PrintWriter out) {
        JsonNode status;
        try {
            status = api.getNow("/v1/status");
        } catch (Api.FailedException e) {
            out.println(e.getMessage());
            out.flush();
            return Main.NOT_RUNNING;
        }
        boolean kafka = status.at("/kafka/answers").asBoolean();
        boolean well = kafka && status.path("following").asText().equals("RUNNING");
        out.printf(
                "  serving   %s  %s%n", api.address(), status.path("following").asText());
        out.printf(
                "  kafka     %s  %s%n",
                status.at("/kafka/bootstrapServers").asText(), kafka ? "answers" : "does not answer");
        for (JsonNode view : status.path("views")) {
            int reading = view.path("partitionsReading").size();
            well &= reading == 0;
            out.printf(
                    "  view      %-20s generation %d%s, %d partitions here%s, sign of life %s%n",
                    view.path("view").asText(),
                    view.path("generation").asLong(),
                    view.has("cutAgeMs") ? " (cut " + view.path("cutAgeMs").asLong() / 1000 + " s ago)" : "",
                    view.path("partitionsComplete").size(),
                    reading == 0 ? "" : ", " + reading + " being read",
                    view.has("speedSignOfLifeAgeMs")
                            ? view.path("speedSignOfLifeAgeMs").asLong() + " ms ago"
                            : "unknown");
        }
        for (JsonNode model : status.path("models")) {
            out.printf(
                    "  model     %-20s %s%n",
                    model.path("name").asText(),
                    model.has("version")
                            ? "version " + model.path("version").asLong() + ", "
                                    + model.path("algorithm").asText()
                            : "none is live");
        }
        out.flush();
        return well ? 0 : Main.FAILED;
    }
}
