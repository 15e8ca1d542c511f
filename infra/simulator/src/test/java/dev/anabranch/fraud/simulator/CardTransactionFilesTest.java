package dev.anabranch.fraud.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anabranch.fraud.Transaction;
import dev.anabranch.simulator.BrokenFileException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CardTransactionFilesTest {
    private static final String GOOD = "7,2018-04-01T00:00:31Z,596,3156,57.16,0,0";

    @TempDir
    Path folder;

    @Test
    void aRowIsATransactionAndTheTruthAboutIt() throws IOException {
        GzipFiles.write(folder, "a.csv.gz", "0007,2018-04-01T00:00:31Z,596,3156,57.16,1,2");
        long at = Instant.parse("2018-04-01T00:00:31Z").toEpochMilli();
        assertThat(read())
                .containsExactly(new LabelledTransaction(new Transaction("0007", at, "596", "3156", 5716L), true, 2));
    }

    @ParameterizedTest
    @CsvSource({"0.00, 0", "0.07, 7", "12, 1200", "12.5, 1250", "2628.00, 262800", "100000000, 10000000000"})
    void amountsAreExactToTheCent(String text, long cents) throws IOException {
        GzipFiles.write(folder, "a.csv.gz", "7,2018-04-01T00:00:31Z,596,3156," + text + ",0,0");
        assertThat(read().get(0).transaction().getAmountCents()).isEqualTo(cents);
    }

    @Test
    void timesMayHaveMillisecondsAndZones() throws IOException {
        GzipFiles.write(
                folder,
                "a.csv.gz",
                "1,2018-04-01T00:00:31.250Z,596,3156,1,0,0",
                "2,2018-04-01T02:00:31.251+02:00,596,3156,1,0,0");
        long at = Instant.parse("2018-04-01T00:00:31Z").toEpochMilli();
        assertThat(read()).extracting(LabelledTransaction::timeMillis).containsExactly(at + 250, at + 251);
    }

    @Test
    void filesAreReadInTheOrderOfTheirNamesAndOthersAreLeftAlone() throws IOException {
        GzipFiles.write(folder, "2018-05.csv.gz", "3,2018-05-01T00:00:00Z,1,1,1,0,0");
        GzipFiles.write(folder, "2018-04.csv.gz", GOOD, "2,2018-04-01T00:00:31Z,1,1,1,0,0");
        GzipFiles.write(folder, "2018-06.csv.gz");
        Files.writeString(folder.resolve("README.md"), "not data");
        assertThat(read()).extracting(t -> t.transaction().getTransactionId()).containsExactly("7", "2", "3");
    }

    @Test
    void oneFileCanBeReadByItself() throws IOException {
        Path one = GzipFiles.write(folder, "a.csv.gz", GOOD);
        GzipFiles.write(folder, "b.csv.gz", "x");
        try (CardTransactionFiles files = CardTransactionFiles.open(one)) {
            files.next();
            assertThat(files.hasNext()).isFalse();
            assertThat(files.rows()).isEqualTo(1);
            assertThat(files.done()).isCloseTo(1, within(0.0));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "8,2018-04-01T00:00:31Z,596,3156,57.16,0 | a row must have 7 fields, got 6 in"
                        + " '8,2018-04-01T00:00:31Z,596,3156,57.16,0'",
                "8,2018-04-01T00:00:31Z,596,3156,57.16,0,0,0 | a row must have 7 fields, got 8 in"
                        + " '8,2018-04-01T00:00:31Z,596,3156,57.16,0,0,0'",
                "8,2018-04-01 00:00:31,596,3156,57.16,0,0 | tx_datetime must be a moment such as 2018-04-01T00:00:31Z,"
                        + " got '2018-04-01 00:00:31'",
                "8,2018-04-31T00:00:31Z,596,3156,57.16,0,0 | tx_datetime must be a moment such as 2018-04-01T00:00:31Z,"
                        + " got '2018-04-31T00:00:31Z'",
                "8,2018-04-01T24:00:31Z,596,3156,57.16,0,0 | tx_datetime must be a moment such as 2018-04-01T00:00:31Z,"
                        + " got '2018-04-01T24:00:31Z'",
                "8,2018-04-01T00x00:31Z,596,3156,57.16,0,0 | tx_datetime must be a moment such as 2018-04-01T00:00:31Z,"
                        + " got '2018-04-01T00x00:31Z'",
                "8,1969-12-31T23:59:59Z,596,3156,57.16,0,0 | eventTimeMillis must not be before 1970, got -1000",
                "8,2018-04-01T00:00:30Z,596,3156,57.16,0,0 | tx_datetime must not be before the row before it,"
                        + " 2018-04-01T00:00:31Z, got 2018-04-01T00:00:30Z",
                ",2018-04-01T00:00:31Z,596,3156,57.16,0,0 | transactionId must have 1 to 256 characters and no control"
                        + " characters, got ''",
                "8,2018-04-01T00:00:31Z,,3156,57.16,0,0 | customerId must have 1 to 256 characters and no control"
                        + " characters, got ''",
                "8,2018-04-01T00:00:31Z,596,3156,57.161,0,0 | amount must be 0 or more with at most two decimals, got"
                        + " '57.161'",
                "8,2018-04-01T00:00:31Z,596,3156,-1,0,0 | amount must be 0 or more with at most two decimals, got '-1'",
                "8,2018-04-01T00:00:31Z,596,3156,1e3,0,0 | amount must be 0 or more with at most two decimals, got '1e3'",
                "8,2018-04-01T00:00:31Z,596,3156,1.2.3,0,0 | amount must be 0 or more with at most two decimals, got"
                        + " '1.2.3'",
                "8,2018-04-01T00:00:31Z,596,3156,.5,0,0 | amount must be 0 or more with at most two decimals, got '.5'",
                "8,2018-04-01T00:00:31Z,596,3156,NaN,0,0 | amount must be 0 or more with at most two decimals, got 'NaN'",
                "8,2018-04-01T00:00:31Z,596,3156,,0,0 | amount must be 0 or more with at most two decimals, got ''",
                "8,2018-04-01T00:00:31Z,596,3156,100000000.01,0,0 | amountCents must be between 0 and 10000000000, got"
                        + " 10000000001",
                "8,2018-04-01T00:00:31Z,596,3156,57.16,2,0 | fraud must be a digit from 0 to 1, got '2'",
                "8,2018-04-01T00:00:31Z,596,3156,57.16,true,0 | fraud must be a digit from 0 to 1, got 'true'",
                "8,2018-04-01T00:00:31Z,596,3156,57.16,0,4 | fraud_scenario must be a digit from 0 to 3, got '4'"
            })
    void aRowThatBreaksARuleIsNamed(String row, String problem) throws IOException {
        GzipFiles.write(folder, "a.csv.gz", GOOD, row, GOOD);
        try (CardTransactionFiles files = CardTransactionFiles.open(folder)) {
            assertThat(files.next().transaction().getTransactionId()).isEqualTo("7");
            assertThatThrownBy(files::hasNext)
                    .isInstanceOf(BrokenFileException.class)
                    .hasMessage("a.csv.gz line 3: " + problem);
            assertThat(files.rows()).as("what was read stays").isEqualTo(1);
        }
    }

    @Test
    void aBlankLineIsABrokenRow() throws IOException {
        GzipFiles.write(folder, "a.csv.gz", GOOD, "");
        assertThatThrownBy(this::read).hasMessage("a.csv.gz line 3: a row must have 7 fields, got 1 in ''");
    }

    @Test
    void anotherHeaderIsNamed() throws IOException {
        GzipFiles.writeBytes(folder, "a.csv.gz", "id,amount\n1,2\n".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(this::read)
                .hasMessage("a.csv.gz line 1: the header must be transaction_id,tx_datetime,customer_id,terminal_id,"
                        + "amount,fraud,fraud_scenario, got 'id,amount'");
    }

    @Test
    void anEmptyFileHasNoHeader() throws IOException {
        GzipFiles.writeBytes(folder, "a.csv.gz", new byte[0]);
        assertThatThrownBy(this::read)
                .hasMessageStartingWith("a.csv.gz line 1: the header must be")
                .hasMessageEndingWith("got nothing");
    }

    @Test
    void aFileOfNoBytesIsCutShort() throws IOException {
        Files.write(folder.resolve("a.csv.gz"), new byte[0]);
        assertThatThrownBy(this::read)
                .hasMessage("a.csv.gz line 0: the file is cut short; this is the last line that could be read");
    }

    @Test
    void aFileEarlierThanTheOneBeforeItIsNamed() throws IOException {
        GzipFiles.write(folder, "a.csv.gz", GOOD);
        GzipFiles.write(folder, "b.csv.gz", "8,2018-03-01T00:00:31Z,596,3156,57.16,0,0");
        assertThatThrownBy(this::read)
                .hasMessage("b.csv.gz line 2: tx_datetime must not be before the row before it, 2018-04-01T00:00:31Z,"
                        + " got 2018-03-01T00:00:31Z");
    }

    @Test
    void aTruncatedFileNamesTheLastLineThatCouldBeReadAndKeepsTheRowsUpToIt() throws IOException {
        Path file = GzipFiles.write(folder, "a.csv.gz", rows(5_000));
        GzipFiles.cutShort(file, (int) (Files.size(file) / 3));
        List<LabelledTransaction> read = new ArrayList<>();
        try (CardTransactionFiles files = CardTransactionFiles.open(folder)) {
            assertThatThrownBy(() -> files.forEachRemaining(read::add))
                    .isInstanceOfSatisfying(BrokenFileException.class, e -> {
                        assertThat(e.line()).isEqualTo(read.size() + 1);
                        assertThat(e.file()).isEqualTo(file);
                    })
                    .hasMessage("a.csv.gz line " + (read.size() + 1)
                            + ": the file is cut short; this is the last line that could be read");
            assertThat(files.rows()).isEqualTo(read.size());
        }
        assertThat(read.size()).as("without the header").isEqualTo(wholeLines(file) - 1);
    }

    private static int wholeLines(Path file) throws IOException {
        int lines = 0;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            for (int each = in.read(); each >= 0; each = in.read()) {
                lines += each == '\n' ? 1 : 0;
            }
        } catch (EOFException e) {
            return lines;
        }
        throw new AssertionError("The file must be cut short");
    }

    @Test
    void aFileWithoutItsChecksumIsCutShort() throws IOException {
        Path file = GzipFiles.write(folder, "a.csv.gz", rows(10));
        GzipFiles.cutShort(file, 8);
        assertThatThrownBy(this::read)
                .hasMessage("a.csv.gz line 11: the file is cut short; this is the last line that could be read");
    }

    @Test
    void aFileThatIsNoGzipIsNamed() throws IOException {
        Files.writeString(folder.resolve("a.csv.gz"), "transaction_id\n");
        assertThatThrownBy(this::read).hasMessage("a.csv.gz line 0: what follows cannot be read: Not in GZIP format");
    }

    @Test
    void textThatIsNotUtf8IsNamed() throws IOException {
        byte[] latin = (CardTransactionFiles.HEADER + "\n8,2018-04-01T00:00:31Z,\u00e9,3156,57.16,0,0\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        GzipFiles.writeBytes(folder, "a.csv.gz", latin);
        assertThatThrownBy(this::read).hasMessageEndingWith("what follows must be UTF-8, and is not");
    }

    @Test
    void aFolderWithoutDataIsNamed() {
        assertThatThrownBy(() -> CardTransactionFiles.open(folder))
                .isInstanceOf(IOException.class)
                .hasMessage("Data must be a folder with .csv.gz files, got none in " + folder);
        assertThatThrownBy(() -> CardTransactionFiles.open(folder.resolve("nowhere")))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "Data must be a folder with .csv.gz files or one such file, got " + folder.resolve("nowhere"));
    }

    @Test
    void theLastTimeIsThatOfTheLastRowThatCanBeRead() throws IOException {
        GzipFiles.write(folder, "a.csv.gz", GOOD);
        GzipFiles.write(folder, "b.csv.gz", "8,2018-05-01T00:00:00Z,1,1,1,0,0", "broken");
        GzipFiles.write(folder, "c.csv.gz");
        assertThat(CardTransactionFiles.lastTimeMillis(folder))
                .hasValue(Instant.parse("2018-05-01T00:00:00Z").toEpochMilli());
    }

    private List<LabelledTransaction> read() throws IOException {
        List<LabelledTransaction> all = new ArrayList<>();
        try (CardTransactionFiles files = CardTransactionFiles.open(folder)) {
            files.forEachRemaining(all::add);
        }
        return all;
    }

    private static String[] rows(int count) {
        Random random = new Random(1);
        String[] rows = new String[count];
        long at = Instant.parse("2018-04-01T00:00:00Z").getEpochSecond();
        for (int i = 0; i < count; i++) {
            rows[i] = i + "," + Instant.ofEpochSecond(at + i) + "," + random.nextInt(5000) + "," + random.nextInt(10000)
                    + "," + random.nextInt(100) + "." + (10 + random.nextInt(90)) + ",0,0";
        }
        return rows;
    }
}
