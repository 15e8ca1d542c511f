package dev.anabranch.local;

import com.fasterxml.jackson.databind.JsonNode;
import dev.anabranch.local.check.Api;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** A command that asks the REST API of a running platform, here or elsewhere. */
abstract class AskingCommand extends LocalCommand {
    @Option(names = "--demo", description = "the demo's platform")
    private boolean demo;

    @Override
    protected final boolean knowsDeployments() {
        return true;
    }

    private Api api() {
        return deployed().orElseGet(() -> {
            Home home = demo ? home().demo() : home();
            return new Api("http://" + Ports.HOST + ":" + record(home).ports().serving());
        });
    }

    /** @throws Problem with what the API says, when it does not answer with success */
    final JsonNode ask(String path) {
        return answer(api -> api.get(path));
    }

    /** @throws Problem with what the API says, when it does not answer with success */
    final JsonNode tell(String path, Object body) {
        return answer(api -> api.post(path, body));
    }

    /** @throws Problem with what the API says, when it does not answer with success */
    final JsonNode send(String path, byte[] file) {
        return answer(api -> api.postFile(path, file));
    }

    private JsonNode answer(Function<Api, CompletableFuture<Api.Answer>> question) {
        Api api = api();
        Api.Answer answer;
        try {
            answer = question.apply(api).join();
        } catch (CompletionException e) {
            throw new Problem(api.address() + " does not answer (" + e.getCause() + "); is the platform up?", e);
        }
        if (!answer.ok()) {
            String detail = answer.body() == null ? "" : told(answer.body());
            throw new Problem(detail.isEmpty() ? "the platform answered with status " + answer.status() : detail);
        }
        return answer.body();
    }

    /** Every rule that was broken, each on a line; else what happened. */
    private static String told(JsonNode problem) {
        List<String> violations = new ArrayList<>();
        problem.path("violations")
                .forEach(each -> violations.add(
                        each.path("field").asText() + " " + each.path("rule").asText() + ", got "
                                + each.path("value").asText()));
        return violations.size() > 1
                ? String.join("\n", violations)
                : problem.path("detail").asText();
    }

    static String segment(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
