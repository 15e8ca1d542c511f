package dev.anabranch.serving;

import dev.anabranch.view.View;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.streams.state.HostInfo;

/** Asks the replica that keeps an entity's partition, over HTTP and without blocking. */
@ApplicationScoped
class OtherReplicas {
    private static final Duration CONNECT = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int CONNECTIONS_TO_EACH = 32;

    private final HttpClient client;

    OtherReplicas(Vertx vertx) {
        client = vertx.createHttpClient(new HttpClientOptions()
                .setConnectTimeout((int) CONNECT.toMillis())
                .setMaxPoolSize(CONNECTIONS_TO_EACH));
    }

    /** What the replica at {@code owner} knows. Fails with an {@link Unavailable} when it does not tell. */
    <A> Uni<Answer<A>> ask(HostInfo owner, View<A> view, String entity, long atMillis) {
        RequestOptions question = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost(owner.host())
                .setPort(owner.port())
                .setURI(ReplicaResource.PATH + "?view=" + encoded(view.name()) + "&entity=" + encoded(entity) + "&at="
                        + atMillis)
                .setTimeout(PATIENCE.toMillis());
        Future<Answer<A>> answer = client.request(question)
                .compose(HttpClientRequest::send)
                .compose(response -> body(response, owner, entity, view))
                .map(body -> AnswerWire.read(view, entity, atMillis, body.getBytes()));
        return Uni.createFrom()
                .completionStage(answer.toCompletionStage())
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
