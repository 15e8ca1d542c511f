package dev.anabranch.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The speed layer in a JVM of its own, as it runs in production. */
final class SpeedProcess {
    /** After how many labels an online model is published. */
    static final int PUBLISH_EVERY = 50;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final int port;
    private final Path output;

    private SpeedProcess(Process process, int port, Path output) {
        this.process = process;
        this.port = port;
        this.output = output;
    }

    /** The same instance each time: it takes its own place again. */
    static SpeedProcess start(TestBroker broker, Path state) throws IOException {
        return start(
                state,
                "-Danabranch.kafka.bootstrap-servers=" + broker.bootstrapServers(),
                "-Danabranch.speed.instance=one",
                "-Danabranch.fraud.learning.publish-every=" + PUBLISH_EVERY);
    }

    static SpeedProcess start(Path state, String... settings) throws IOException {
        int port = freePort();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Danabranch.partitions=" + TestBroker.PARTITIONS,
                "-Danabranch.state-dir=" + state,
                "-Danabranch.status.port=" + port));
        command.addAll(List.of(settings));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SpeedMain.class.getName()));
        Path output = Files.createTempFile(state, "speed", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new SpeedProcess(process, port, output);
    }

    void awaitReady() {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
            assertThat(process.isAlive()).as(this::output).isTrue();
            assertThat(get("/health/ready")).contains("UP");
        });
    }

    String metrics() {
        return get("/metrics");
    }

    /** As kill -9: nothing is closed, no transaction ends. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** As SIGTERM; the exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        return awaitExit();
    }

    int awaitExit() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as(this::output)
                .isTrue();
        return process.exitValue();
    }

    String output() {
        try {
            String ended = process.isAlive() ? "still running" : "ended with " + process.exitValue();
            return "The speed layer, " + ended + ":\n" + Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String get(String path) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (ConnectException e) {
            return "nobody listens yet";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
