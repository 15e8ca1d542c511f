package dev.anabranch.serving;

import dev.anabranch.view.View;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.streams.state.HostInfo;

/** Asks the replica that keeps an entity's partition, over HTTP and without blocking. */
@ApplicationScoped
class OtherReplicas {
    private static final Duration CONNECT = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    /** How long to wait when there is a copy at hand. */
    private static final Duration SOON = Duration.ofMillis(250);
    /** How long a replica that did not answer is left alone, when there is a copy at hand. */
    private static final Duration SILENT = Duration.ofSeconds(1);

    private static final int CONNECTIONS_TO_EACH = 32;

    private final HttpClient client;
    private final Map<HostInfo, Long> silentUntilNanos = new ConcurrentHashMap<>();

    OtherReplicas(Vertx vertx) {
        client = vertx.createHttpClient(new HttpClientOptions()
                .setConnectTimeout((int) CONNECT.toMillis())
                .setMaxPoolSize(CONNECTIONS_TO_EACH));
    }

    /** What the replica at {@code owner} knows. Fails with an {@link Unavailable} when it does not tell. */
    <A> Uni<Answer<A>> ask(HostInfo owner, View<A> view, String entity, long atMillis) {
        return ask(owner, view, entity, atMillis, PATIENCE);
    }

    /** The same, for somebody with a copy at hand: fails sooner, and the replica is then left alone for a moment. */
    <A> Uni<Answer<A>> askSoon(HostInfo owner, View<A> view, String entity, long atMillis) {
        return ask(owner, view, entity, atMillis, SOON)
                .onFailure()
                .invoke(() -> silentUntilNanos.put(owner, System.nanoTime() + SILENT.toNanos()));
    }

    /** Whether it did not answer a moment ago. */
    boolean isSilent(HostInfo owner) {
        Long until = silentUntilNanos.get(owner);
        return until != null && until - System.nanoTime() > 0;
    }

    private <A> Uni<Answer<A>> ask(HostInfo owner, View<A> view, String entity, long atMillis, Duration patience) {
        RequestOptions question = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost(owner.host())
                .setPort(owner.port())
                .setURI(ReplicaResource.PATH + "?view=" + encoded(view.name()) + "&entity=" + encoded(entity) + "&at="
                        + atMillis)
                .setTimeout(patience.toMillis());
        // The body is asked for before anything is sent, on the thread that will receive it: once it has come it is
        // gone.
        Future<Answer<A>> answer = client.request(question)
                .compose(request -> request.send().compose(response -> body(response, owner, entity, view)))
                .map(body -> AnswerWire.read(view, entity, atMillis, body.getBytes()));
        return Uni.createFrom()
                .completionStage(answer.toCompletionStage())
                // The client's own timeout is over when the first byte has come.
                .ifNoItem()
                .after(patience)
                .failWith(
                        () -> unavailable(owner, entity, view, "no whole answer within " + patience.toMillis() + " ms"))
                .onFailure(failure -> !(failure instanceof Unavailable))
                .transform(failure -> unavailable(owner, entity, view, failure.getMessage()));
    }

    private static Future<Buffer> body(HttpClientResponse response, HostInfo owner, String entity, View<?> view) {
        if (response.statusCode() == 200) {
            return response.body();
        }
        return response.body()
                .compose(problem -> Future.failedFuture(
                        unavailable(owner, entity, view, "it answered " + response.statusCode() + " " + problem)));
    }

    private static Unavailable unavailable(HostInfo owner, String entity, View<?> view, String reason) {
        return new Unavailable("Replica " + owner.host() + ":" + owner.port() + " keeps '" + entity + "' of " + view
                + " and does not tell: " + reason);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
