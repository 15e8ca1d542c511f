package dev.anabranch.process;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * Answers {@code GET /health/live}, {@code GET /health/ready} and {@code GET /metrics}, on the paths and in the forms
 * that orchestrators and Prometheus expect.
 */
public final class StatusServer implements AutoCloseable {
    /**
     * Whether the process can do its work.
     *
     * @param ready  true when it can
     * @param detail one line for a person: what it is doing, or what it waits for
     */
    public record Readiness(boolean ready, String detail) {}

    private final HttpServer server;
    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();

    /**
     * Starts answering.
     *
     * @param host the address to bind to
     * @param port the port to bind to, 0 for any free one
     * @throws IOException when the port cannot be bound; the message names it
     */
    public StatusServer(String host, int port, Supplier<Readiness> readiness) throws IOException {
        new JvmMemoryMetrics().bindTo(metrics);
        new ProcessorMetrics().bindTo(metrics);
        collections.bindTo(metrics);
        try {
            server = HttpServer.create(new InetSocketAddress(host, port), 0);
        } catch (IOException e) {
            throw new IOException("Cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
        }
        server.createContext(
                "/health/live", exchange -> answer(exchange, 200, "application/json", "{\"status\":\"UP\"}"));
        server.createContext("/health/ready", exchange -> {
            Readiness now = readiness.get();
            String status = now.ready() ? "UP" : "DOWN";
            String body = "{\"status\":\"" + status + "\",\"detail\":\"" + escape(now.detail()) + "\"}";
            answer(exchange, now.ready() ? 200 : 503, "application/json", body);
        });
        server.createContext(
                "/metrics",
                exchange -> answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape()));
        server.start();
    }

    public PrometheusMeterRegistry metrics() {
        return metrics;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        collections.close();
        metrics.close();
    }

    private static void answer(HttpExchange exchange, int status, String type, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", " ");
    }
}
