package dev.anabranch.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.learning.LabelledExample;
import dev.anabranch.learning.Learnt;
import dev.anabranch.quality.Outcome;
import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.Item;
import dev.anabranch.recommendation.Response;
import dev.anabranch.recommendation.Shown;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.SchemaValidationException;
import org.apache.avro.SchemaValidator;
import org.apache.avro.SchemaValidatorBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
                Interaction.SCHEMA$,
                Item.SCHEMA$,
                LabelledExample.SCHEMA$,
                Learnt.SCHEMA$,
                Outcome.SCHEMA$,
                Response.SCHEMA$,
                Shown.SCHEMA$,
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
        Collections.reverse(newestFirst);
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

    @Test
    void indexesOnOneClassPathAddUp(@TempDir Path more) throws Exception {
        Files.createDirectories(more.resolve("schemas"));
        Files.writeString(more.resolve("schemas/index"), "test.Later.v1.avsc\n");
        Files.writeString(
                more.resolve("schemas/test.Later.v1.avsc"),
                "{\"type\": \"record\", \"name\": \"Later\", \"namespace\": \"test\", \"fields\": []}");
        List<URL> classPath = new ArrayList<>(List.of(more.toUri().toURL()));
        classPath.add(SchemaHistory.class.getProtectionDomain().getCodeSource().getLocation());
        classPath.add(Schema.class.getProtectionDomain().getCodeSource().getLocation());
        try (URLClassLoader loader =
                new URLClassLoader(classPath.toArray(URL[]::new), new FilteredParent(SchemaHistory.class))) {
            Object history = loader.loadClass(SchemaHistory.class.getName())
                    .getMethod("get")
                    .invoke(null);
            Map<?, ?> files = (Map<?, ?>) history.getClass().getMethod("files").invoke(history);
            assertThat(files.keySet())
                    .extracting(Object::toString)
                    .contains("test.Later.v1.avsc", "dev.anabranch.fraud.Transaction.v1.avsc");
        }
    }

    /** Leaves classes of the contract, and resources, to the loader that has it for a parent. */
    private static final class FilteredParent extends ClassLoader {
        private final String filtered;

        FilteredParent(Class<?> filtered) {
            super(filtered.getClassLoader());
            this.filtered = filtered.getPackageName();
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith(filtered)) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }

        @Override
        public Enumeration<URL> getResources(String name) {
            return Collections.emptyEnumeration();
        }

        @Override
        public URL getResource(String name) {
            return null;
        }
    }
}
