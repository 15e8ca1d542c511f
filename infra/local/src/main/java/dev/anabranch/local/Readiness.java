package dev.anabranch.local;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Asks a process whether it can do its work. */
public interface Readiness {
    int TIMEOUT_MILLIS = 2_000;

    /** What it still waits for; empty when it is ready. */
    Optional<String> missing();

    /** Ready when this address answers 200. */
    static Readiness http(URI address) {
        return () -> {
            try {
                HttpURLConnection connection =
                        (HttpURLConnection) address.toURL().openConnection();
                connection.setConnectTimeout(TIMEOUT_MILLIS);
                connection.setReadTimeout(TIMEOUT_MILLIS);
                int status = connection.getResponseCode();
                if (status == HttpURLConnection.HTTP_OK) {
                    connection.getInputStream().close();
                    return Optional.empty();
                }
                try (InputStream body = connection.getErrorStream()) {
                    String text = body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8);
                    return Optional.of(status + " " + text.strip().replaceAll("\\s+", " "));
                }
            } catch (IOException e) {
                return Optional.of("no answer from " + address);
            }
        };
    }
}
