package dev.anabranch.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.Transaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.SchemaValidationException;
import org.apache.avro.SchemaValidator;
import org.apache.avro.SchemaValidatorBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract may grow; what was once written stays readable, and old readers can read what is written now. */
class SchemaHistoryTest {
    private static final SchemaValidator BOTH_WAYS =
            new SchemaValidatorBuilder().mutualReadStrategy().validateAll();

    static Stream<Schema> current() {
        return Stream.of(
                BatchFooter.SCHEMA$,
                BatchHeader.SCHEMA$,
                BatchRow.SCHEMA$,
                Generation.SCHEMA$,
                ModelVersion.SCHEMA$,
                Prediction.SCHEMA$,
                SpeedCell.SCHEMA$,
                SpeedFloor.SCHEMA$,
                SpeedProgress.SCHEMA$,
                FraudLabel.SCHEMA$,
                Transaction.SCHEMA$);
    }

    @ParameterizedTest
    @MethodSource("current")
    void theCurrentSchemaIsInTheHistory(Schema schema) {
        assertThat(SchemaHistory.get().findByFingerprint(SchemaNormalization.parsingFingerprint64(schema)))
                .as(
                        "%s changed: add it to src/main/resources/schemas as version %d and list it in the index",
                        schema.getFullName(),
                        SchemaHistory.get().versions(schema.getFullName()).size() + 1)
                .isNotNull();
    }

    @ParameterizedTest
    @MethodSource("current")
    void theCurrentSchemaIsCompatibleBothWaysWithEveryVersionBefore(Schema schema) {
        List<Schema> newestFirst = new ArrayList<>(SchemaHistory.get().versions(schema.getFullName()));
        java.util.Collections.reverse(newestFirst);
        assertThatCode(() -> BOTH_WAYS.validate(schema, newestFirst)).doesNotThrowAnyException();
    }

    @Test
    void aChangeThatBreaksOldOrNewReadersIsCaught() {
        Schema now = Transaction.SCHEMA$;
        Schema without = new Schema.Parser().parse(now.toString().replace("\"amountCents\"", "\"amount\""));
        assertThatThrownBy(() -> BOTH_WAYS.validate(without, List.of(now)))
                .isInstanceOf(SchemaValidationException.class);
        Schema retyped = new Schema.Parser()
                .parse(now.toString().replace("\"amountCents\",\"type\":\"long\"", "\"amountCents\",\"type\":\"int\""));
        assertThat(retyped).isNotEqualTo(now);
        assertThatThrownBy(() -> BOTH_WAYS.validate(retyped, List.of(now)))
                .isInstanceOf(SchemaValidationException.class);
    }

    @Test
    void everyFileOfTheHistoryIsListedAndNamedForWhatItHolds() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/schemas"))) {
            assertThat(files.map(f -> f.getFileName().toString()).filter(f -> !f.equals("index")))
                    .containsExactlyInAnyOrderElementsOf(
                            SchemaHistory.get().files().keySet());
        }
        SchemaHistory.get()
                .files()
                .forEach((file, schema) -> assertThat(file).matches(schema.getFullName() + "\\.v[1-9][0-9]*\\.avsc"));
    }
}
