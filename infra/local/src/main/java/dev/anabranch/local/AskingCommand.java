package dev.anabranch.local;

import com.fasterxml.jackson.databind.JsonNode;
import dev.anabranch.local.check.Api;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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

    private JsonNode answer(Function<Api, CompletableFuture<Api.Answer>> question) {
        Api api = api();
        Api.Answer answer;
        try {
            answer = question.apply(api).join();
        } catch (CompletionException e) {
            throw new Problem(api.address() + " does not answer (" + e.getCause() + "); is the platform up?", e);
        }
        if (!answer.ok()) {
            String detail =
                    answer.body() == null ? "" : answer.body().path("detail").asText();
            throw new Problem(detail.isEmpty() ? "the platform answered with status " + answer.status() : detail);
        }
        return answer.body();
    }

    static String segment(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
