package dev.anabranch.benchmarks;

import dev.anabranch.local.Problem;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection that is kept, and one question on it at a time: HTTP/1.1 in as few instructions as it takes, for whoever asks
 * shares the two cores with whoever answers.
 */
public final class Connection implements AutoCloseable {
    private static final String LENGTH = "content-length:";
    private static final String IN_CHUNKS = "transfer-encoding: chunked";
    private static final int HEXADECIMAL = 16;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final StringBuilder line = new StringBuilder();

    /** @param address such as {@code http://127.0.0.1:8080} */
    public Connection(String address) throws IOException {
        URI uri = URI.create(address);
        socket = new Socket(uri.getHost(), uri.getPort());
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        out = socket.getOutputStream();
    }

    /** The bytes of a question. */
    public static byte[] get(String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: bench\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** The bytes of a question with a body of JSON. */
    public static byte[] post(String path, String json) {
        return ("POST " + path + " HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: "
                        + json.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + json)
                .getBytes(StandardCharsets.UTF_8);
    }

    /**
     * @return the body of the answer
     * @throws Problem when the answer is neither 200 nor 201
     */
    public byte[] ask(byte[] question) throws IOException {
        out.write(question);
        String status = line();
        int length = -1;
        boolean inChunks = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith(LENGTH)) {
                length = Integer.parseInt(lower.substring(LENGTH.length()).strip());
            }
            inChunks |= lower.equals(IN_CHUNKS);
        }
        if (length < 0 && !inChunks) {
            throw new Problem("An answer must tell its length, got " + status);
        }
        byte[] body = inChunks ? chunks() : in.readNBytes(length);
        if (!status.startsWith("HTTP/1.1 200 ") && !status.startsWith("HTTP/1.1 201 ")) {
            throw new Problem("A question must be answered with 200 or 201, got " + status + " "
                    + new String(body, StandardCharsets.UTF_8));
        }
        return body;
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int length = Integer.parseInt(line(), HEXADECIMAL);
        while (length > 0) {
            body.write(in.readNBytes(length));
            line();
            length = Integer.parseInt(line(), HEXADECIMAL);
        }
        line();
        return body.toByteArray();
    }

    private String line() throws IOException {
        line.setLength(0);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("The connection was closed in the middle of an answer");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
