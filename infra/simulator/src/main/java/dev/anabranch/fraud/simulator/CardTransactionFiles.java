package dev.anabranch.fraud.simulator;

import dev.anabranch.event.EventType;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.simulator.BrokenFileException;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Reads labelled card transactions from {@code .csv.gz} files, one row at a time, in the order of the files' names and
 * so of time.
 *
 * <p>The columns are {@value #HEADER}; the time is ISO 8601 in UTC, the amount has at most two decimals, nothing is
 * quoted. Every row must keep these rules and those of a transaction event, and none may be earlier than the one before
 * it.
 */
public final class CardTransactionFiles implements Iterator<LabelledTransaction>, AutoCloseable {
    static final String HEADER = "transaction_id,tx_datetime,customer_id,terminal_id,amount,fraud,fraud_scenario";

    private static final int COLUMNS = 7;
    private static final int BUFFER = 64 * 1024;
    private static final long DAY_SECONDS = 86_400;

    private final List<Path> files;
    private final long totalBytes;
    private final String[] fields = new String[COLUMNS];
    private int nextFile;
    private Path file;
    private BufferedReader reader;
    private long line;
    private long rows;
    private long bytes;
    private long lastMillis;
    private LabelledTransaction next;
    private String cachedDay = "";
    private long cachedDaySeconds;

    private CardTransactionFiles(List<Path> files) throws IOException {
        this.files = files;
        long total = 0;
        for (Path each : files) {
            total += Files.size(each);
        }
        this.totalBytes = total;
    }

    /**
     * Opens a folder, or one file.
     *
     * @throws IOException when there is no such folder or file, or no {@code .csv.gz} in it
     */
    public static CardTransactionFiles open(Path data) throws IOException {
        return new CardTransactionFiles(filesOf(data));
    }

    /**
     * The time of the last row that can be read, in epoch milliseconds; empty when there is no row. Reads no more than
     * the last file with a row.
     */
    public static OptionalLong lastTimeMillis(Path data) throws IOException {
        List<Path> files = filesOf(data);
        for (int i = files.size() - 1; i >= 0; i--) {
            try (CardTransactionFiles last = new CardTransactionFiles(List.of(files.get(i)))) {
                last.readToEndOrBreak();
                if (last.rows > 0) {
                    return OptionalLong.of(last.lastMillis);
                }
            }
        }
        return OptionalLong.empty();
    }

    private void readToEndOrBreak() {
        try {
            while (hasNext()) {
                next();
            }
        } catch (BrokenFileException e) {
            // Not a problem here: whoever reads the rows themselves comes to the same place and reports it there.
            next = null;
        }
    }

    private static List<Path> filesOf(Path data) throws IOException {
        if (Files.isRegularFile(data)) {
            return List.of(data);
        }
        if (!Files.isDirectory(data)) {
            throw new IOException("Data must be a folder with .csv.gz files or one such file, got " + data);
        }
        try (Stream<Path> all = Files.list(data)) {
            List<Path> files = all.filter(f -> f.getFileName().toString().endsWith(".csv.gz"))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new IOException("Data must be a folder with .csv.gz files, got none in " + data);
            }
            return files;
        }
    }

    /** How many rows were given out. */
    public long rows() {
        return rows;
    }

    /** How much of all files was read, from 0 to 1. */
    public double done() {
        return totalBytes == 0 ? 1 : (double) bytes / totalBytes;
    }

    /** @throws BrokenFileException when the next row breaks a rule or cannot be read */
    @Override
    public boolean hasNext() {
        if (next == null) {
            next = read();
        }
        return next != null;
    }

    /** @throws BrokenFileException when the next row breaks a rule or cannot be read */
    @Override
    public LabelledTransaction next() {
        if (!hasNext()) {
            throw new NoSuchElementException("There is no row left");
        }
        LabelledTransaction row = next;
        next = null;
        rows++;
        return row;
    }

    @Override
    public void close() throws IOException {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }

    private LabelledTransaction read() {
        try {
            while (reader != null || nextFile < files.size()) {
                if (reader == null) {
                    openNext();
                }
                String text = reader.readLine();
                if (text != null) {
                    line++;
                    return parse(text);
                }
                close();
            }
            return null;
        } catch (EOFException e) {
            throw new BrokenFileException(
                    file, line, "the file is cut short; this is the last line that could be read", e);
        } catch (CharacterCodingException e) {
            throw new BrokenFileException(file, line, "what follows must be UTF-8, and is not", e);
        } catch (IOException e) {
            throw new BrokenFileException(file, line, "what follows cannot be read: " + e.getMessage(), e);
        }
    }

    private void openNext() throws IOException {
        file = files.get(nextFile++);
        line = 0;
        InputStream raw = new Counted(Files.newInputStream(file));
        try {
            reader = new BufferedReader(
                    new InputStreamReader(
                            new Unhurried(new GZIPInputStream(raw, BUFFER)),
                            StandardCharsets.UTF_8.newDecoder()), // a decoder reports what it cannot read
                    BUFFER);
        } catch (IOException e) {
            raw.close();
            throw e;
        }
        String header = reader.readLine();
        line = 1;
        if (!HEADER.equals(header)) {
            throw broken("the header must be " + HEADER + ", got " + quoted(header), null);
        }
    }

    private LabelledTransaction parse(String text) {
        split(text);
        long timeMillis = time(fields[1]);
        Transaction transaction = new Transaction(fields[0], timeMillis, fields[2], fields[3], cents(fields[4]));
        Optional<EventType.Violation> violation = FraudEvents.TRANSACTION.check(transaction, timeMillis);
        if (violation.isPresent()) {
            throw broken(violation.get().toString(), null);
        }
        if (timeMillis < lastMillis) {
            throw broken(
                    "tx_datetime must not be before the row before it, " + Instant.ofEpochMilli(lastMillis) + ", got "
                            + fields[1],
                    null);
        }
        boolean fraud = digit("fraud", fields[5], 1) == 1;
        int scenario = digit("fraud_scenario", fields[6], 3);
        lastMillis = timeMillis;
        return new LabelledTransaction(transaction, fraud, scenario);
    }

    private void split(String text) {
        int from = 0;
        for (int i = 0; i < COLUMNS - 1; i++) {
            int comma = text.indexOf(',', from);
            if (comma < 0) {
                throw wrongWidth(text);
            }
            fields[i] = text.substring(from, comma);
            from = comma + 1;
        }
        if (text.indexOf(',', from) >= 0) {
            throw wrongWidth(text);
        }
        fields[COLUMNS - 1] = text.substring(from);
    }

    private BrokenFileException wrongWidth(String text) {
        long width = text.chars().filter(c -> c == ',').count() + 1;
        return broken("a row must have " + COLUMNS + " fields, got " + width + " in " + quoted(text), null);
    }

    /** {@code 2018-04-01T00:00:31Z}, the form of almost every row, is read without the generality of a formatter. */
    private long time(String text) {
        try {
            if (text.length() == 20 && text.charAt(10) == 'T' && text.charAt(19) == 'Z') {
                int second = clockPart(text, 11, 24) * 3600 + clockPart(text, 14, 60) * 60 + clockPart(text, 17, 60);
                if (second >= 0 && text.charAt(13) == ':' && text.charAt(16) == ':') {
                    return (daySeconds(text.substring(0, 10)) + second) * 1000;
                }
            }
            return Instant.parse(text).toEpochMilli();
        } catch (DateTimeParseException | ArithmeticException e) {
            throw broken("tx_datetime must be a moment such as 2018-04-01T00:00:31Z, got " + quoted(text), e);
        }
    }

    private long daySeconds(String day) {
        if (!day.equals(cachedDay)) {
            cachedDaySeconds = LocalDate.parse(day).toEpochDay() * DAY_SECONDS;
            cachedDay = day;
        }
        return cachedDaySeconds;
    }

    /** Two digits below {@code limit}, or a number so negative that no sum with it is a time. */
    private static int clockPart(String text, int at, int limit) {
        int tens = text.charAt(at) - '0';
        int ones = text.charAt(at + 1) - '0';
        boolean digits = tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9;
        return digits && tens * 10 + ones < limit ? tens * 10 + ones : -100_000;
    }

    /** An amount with at most two decimals, in cents; exact, for it never becomes a binary fraction. */
    private long cents(String text) {
        int point = text.indexOf('.');
        int whole = point < 0 ? text.length() : point;
        int decimals = point < 0 ? 0 : text.length() - point - 1;
        boolean wellFormed = whole > 0 && whole <= 15 && (point < 0 || decimals == 1 || decimals == 2);
        long cents = 0;
        for (int i = 0; wellFormed && i < text.length(); i++) {
            char c = text.charAt(i);
            if (i != point) {
                wellFormed = c >= '0' && c <= '9';
                cents = cents * 10 + (c - '0');
            }
        }
        if (!wellFormed) {
            throw broken("amount must be 0 or more with at most two decimals, got " + quoted(text), null);
        }
        return decimals == 2 ? cents : decimals == 1 ? cents * 10 : cents * 100;
    }

    private int digit(String field, String text, int most) {
        int value = text.length() == 1 ? text.charAt(0) - '0' : -1;
        if (value < 0 || value > most) {
            throw broken(field + " must be a digit from 0 to " + most + ", got " + quoted(text), null);
        }
        return value;
    }

    private BrokenFileException broken(String problem, Exception cause) {
        return new BrokenFileException(file, line, problem, cause);
    }

    private static String quoted(String text) {
        if (text == null) {
            return "nothing";
        }
        return "'" + (text.length() <= 200 ? text : text.substring(0, 200) + "...") + "'";
    }

    /** Counts the compressed bytes, which unlike the rows have a known total. */
    /**
     * Never says that more is there. Whoever reads characters would otherwise ask on until its buffer is full, and lose the
     * part that was read where a file is cut short.
     */
    private static final class Unhurried extends FilterInputStream {
        Unhurried(InputStream in) {
            super(in);
        }

        @Override
        public int available() {
            return 0;
        }
    }

    private final class Counted extends FilterInputStream {
        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] buffer, int from, int length) throws IOException {
            int count = super.read(buffer, from, length);
            bytes += Math.max(0, count);
            return count;
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            bytes += one < 0 ? 0 : 1;
            return one;
        }
    }
}
