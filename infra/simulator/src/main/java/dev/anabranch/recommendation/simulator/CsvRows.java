package dev.anabranch.recommendation.simulator;

import com.univocity.parsers.common.TextParsingException;
import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import dev.anabranch.simulator.BrokenFileException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** The rows of {@code .csv} and {@code .csv.gz} files with a header, in the order of the files' names. */
public final class CsvRows implements Iterator<CsvRows.Row>, AutoCloseable {
    private static final int BUFFER = 64 * 1024;

    private final List<Path> files;
    private int nextFile;
    private Path file;
    private CsvParser parser;
    private Map<String, Integer> columns = Map.of();
    private Row next;
    private long rows;

    private CsvRows(List<Path> files) {
        this.files = files;
    }

    /**
     * One row.
     *
     * @param file   where it stands
     * @param line   on which line
     * @param values what it holds
     */
    public record Row(Path file, long line, Map<String, Integer> columns, String[] values) {
        /** @throws BrokenFileException when there is no such column */
        public String get(String column) {
            Integer at = columns.get(column);
            if (at == null) {
                throw broken("the header must have a column " + column + ", got " + columns.keySet());
            }
            return at < values.length && values[at] != null ? values[at] : "";
        }

        public BrokenFileException broken(String problem) {
            return new BrokenFileException(file, line, problem, null);
        }
    }

    /**
     * Opens a folder, or one file.
     *
     * @throws IOException when there is no such folder or file, or nothing in it
     */
    public static CsvRows open(Path data) throws IOException {
        if (Files.isRegularFile(data)) {
            return new CsvRows(List.of(data));
        }
        if (!Files.isDirectory(data)) {
            throw new IOException("Data must be a folder with .csv.gz files or one such file, got " + data);
        }
        try (Stream<Path> all = Files.list(data)) {
            List<Path> files = all.filter(f -> f.getFileName().toString().matches(".*\\.csv(\\.gz)?"))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new IOException("Data must be a folder with .csv.gz files, got none in " + data);
            }
            return new CsvRows(files);
        }
    }

    /** How many rows were given out. */
    public long rows() {
        return rows;
    }

    /** The columns of the file that is read now, by name. */
    public Map<String, Integer> columns() {
        hasNext();
        return columns;
    }

    /** How many of the files were begun, from 0 to 1. */
    public double done() {
        return (double) nextFile / files.size();
    }

    /** @throws BrokenFileException when the next row cannot be read */
    @Override
    public boolean hasNext() {
        while (next == null && (parser != null || nextFile < files.size())) {
            if (parser == null) {
                begin();
            }
            String[] values = parse();
            if (values == null) {
                close();
            } else {
                next = new Row(file, parser.getContext().currentLine(), columns, values);
            }
        }
        return next != null;
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException("There is no row left");
        }
        Row row = next;
        next = null;
        rows++;
        return row;
    }

    @Override
    public void close() {
        if (parser != null) {
            parser.stopParsing();
            parser = null;
        }
    }

    private void begin() {
        file = files.get(nextFile++);
        CsvParserSettings settings = new CsvParserSettings();
        settings.setLineSeparatorDetectionEnabled(true);
        settings.setReadInputOnSeparateThread(false);
        parser = new CsvParser(settings);
        try {
            InputStream raw = Files.newInputStream(file);
            InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw, BUFFER) : raw;
            Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8);
            parser.beginParsing(reader);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
        String[] header = parse();
        Map<String, Integer> found = new HashMap<>();
        for (int i = 0; header != null && i < header.length; i++) {
            found.put(header[i], i);
        }
        columns = Map.copyOf(found);
    }

    private String[] parse() {
        try {
            return parser.parseNext();
        } catch (TextParsingException e) {
            throw new BrokenFileException(file, parser.getContext().currentLine(), "what follows cannot be read", e);
        }
    }
}
