package dev.anabranch.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.view.MemoryKeyValues;
import dev.anabranch.view.ReadingSums;
import dev.anabranch.view.View;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.streams.state.HostInfo;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class OtherReplicasTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final HostInfo NOBODY = new HostInfo("127.0.0.1", 1);
    private static final long AT = 1_700_000_000_000L;

    private final OtherReplicas others = new OtherReplicas(VERTX);

    @AfterAll
    static void close() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void anAnswerIsTheOneThatTheOtherReplicaGives() throws IOException {
        Answer<CustomerActivity> answer = answer(FraudViews.CUSTOMER);

        assertThat(askOneThatSays(200, AnswerWire.write(answer))).isEqualTo(answer);
    }

    @Test
    void aReplicaThatIsGoneIsNamed() {
        assertThatThrownBy(() -> ask(NOBODY))
                .isInstanceOf(Unavailable.class)
                .hasMessageStartingWith("Replica 127.0.0.1:1 keeps 'ann' of fraud.customer and does not tell: ");
    }

    @Test
    void aReplicaThatCannotAnswerEitherIsQuoted() {
        assertThatThrownBy(() -> askOneThatSays(503, "still reading".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("it answered 503 still reading");
    }

    @Test
    void aReplicaWithAnotherDeclarationOfTheViewIsNotBelieved() {
        byte[] other = AnswerWire.write(answer(FraudViews.TERMINAL));

        assertThatThrownBy(() -> askOneThatSays(200, other))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("must run the declaration of fraud.customer");
    }

    @Test
    void withACopyAtHandAReplicaThatSaysNothingIsNotWaitedForLongAndThenLeftAlone() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"))) {
            HostInfo paused = new HostInfo("127.0.0.1", silent.getLocalPort());
            assertThat(others.isSilent(paused)).isFalse();
            long start = System.nanoTime();

            assertThatThrownBy(() -> others.askSoon(paused, FraudViews.CUSTOMER, "ann", AT)
                            .await()
                            .atMost(Duration.ofSeconds(60)))
                    .isInstanceOf(Unavailable.class);

            assertThat(others.isSilent(paused)).isTrue();
            assertThat(others.isSilent(NOBODY)).isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(200));
        }
    }

    @Test
    void norIsOneThatFallsSilentInTheMiddleOfItsAnswer() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"))) {
            HostInfo paused = new HostInfo("127.0.0.1", server.getLocalPort());
            CompletableFuture<Socket> half = CompletableFuture.supplyAsync(() -> sayHalf(server));

            assertThatThrownBy(() -> others.askSoon(paused, FraudViews.CUSTOMER, "ann", AT)
                            .await()
                            .atMost(Duration.ofSeconds(60)))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("no whole answer within");

            assertThat(others.isSilent(paused)).isTrue();
            half.join().close();
        }
    }

    /** Begins an answer, and keeps the connection. */
    private static Socket sayHalf(ServerSocket server) {
        try {
            Socket connection = server.accept();
            connection
                    .getOutputStream()
                    .write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".getBytes(StandardCharsets.US_ASCII));
            return connection;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Answer<CustomerActivity> askOneThatSays(int status, byte[] body) throws IOException {
        HttpServer replica = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 10);
        replica.createContext(ReplicaResource.PATH, exchange -> {
            assertThat(exchange.getRequestURI().getQuery()).isEqualTo("view=fraud.customer&entity=ann&at=" + AT);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        replica.start();
        try {
            return ask(new HostInfo("127.0.0.1", replica.getAddress().getPort()));
        } finally {
            replica.stop(0);
        }
    }

    private Answer<CustomerActivity> ask(HostInfo replica) {
        return others.ask(replica, FraudViews.CUSTOMER, "ann", AT).await().atMost(Duration.ofSeconds(60));
    }

    private static <A> Answer<A> answer(View<A> view) {
        KeptPartition<A> kept =
                new KeptPartition<>(view, 0, new MemoryKeyValues(), new MemoryKeyValues(), ReadingSums.Keeper.NONE);
        return kept.answer("ann", AT);
    }
}
