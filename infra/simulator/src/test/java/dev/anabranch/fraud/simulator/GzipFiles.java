package dev.anabranch.fraud.simulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** Writes the files that tests read. */
final class GzipFiles {
    private GzipFiles() {}

    /** The header, then the rows. */
    static Path write(Path folder, String name, String... rows) throws IOException {
        StringBuilder text = new StringBuilder(CardTransactionFiles.HEADER).append('\n');
        for (String row : rows) {
            text.append(row).append('\n');
        }
        return writeBytes(folder, name, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    static Path writeBytes(Path folder, String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), gzip(content));
    }

    /** The file without its last bytes. */
    static Path cutShort(Path file, int bytes) throws IOException {
        byte[] whole = Files.readAllBytes(file);
        return Files.write(file, Arrays.copyOf(whole, whole.length - bytes));
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }
}
