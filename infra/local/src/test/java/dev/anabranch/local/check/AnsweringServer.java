package dev.anabranch.local.check;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** Somebody who answers over HTTP, so that the checks can be told what is right and what is wrong. */
final class AnsweringServer implements AutoCloseable {
    /** An answer that is sent as 503. */
    static final String UNAVAILABLE = "{\"status\":503}";

    private final HttpServer server;

    /** @param answer the body asked with to the body answered with */
    AnsweringServer(UnaryOperator<String> answer) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String given = answer.apply(asked);
            byte[] body = given.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(given.equals(UNAVAILABLE) ? 503 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
