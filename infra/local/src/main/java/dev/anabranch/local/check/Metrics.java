package dev.anabranch.local.check;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The metrics of a process, as Prometheus would read them. */
public final class Metrics {
    private static final int TIMEOUT_MILLIS = 5_000;

    private final URI address;

    /** @param address such as {@code http://127.0.0.1:18081/metrics} */
    public Metrics(String address) {
        this.address = URI.create(address);
    }

    /** The sum of the samples of {@code name} whose labels contain {@code labels}; 0 when there is none. */
    public double sum(String name, String labels) throws IOException {
        Pattern sample = Pattern.compile("^" + Pattern.quote(name) + "(?:\\{([^}]*)\\})? (\\S+)", Pattern.MULTILINE);
        Matcher found = sample.matcher(read());
        double sum = 0;
        while (found.find()) {
            if (found.group(1) == null ? labels.isEmpty() : found.group(1).contains(labels)) {
                sum += Double.parseDouble(found.group(2));
            }
        }
        return sum;
    }

    private String read() throws IOException {
        HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        try (var body = connection.getInputStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
