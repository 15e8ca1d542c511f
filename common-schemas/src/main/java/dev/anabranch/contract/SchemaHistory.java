package dev.anabranch.contract;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.message.SchemaStore;

/**
 * Every version of every schema that was ever written: {@code schemas/<full name>.v<n>.avsc} on the class path, listed
 * in {@code schemas/index}. A record names its schema by fingerprint and is read with it, however old it is. Several
 * indexes on one class path add up: so readers can be taught a version that only some producers write yet.
 */
public final class SchemaHistory implements SchemaStore {
    private static final SchemaHistory INSTANCE = new SchemaHistory();

    private final Map<Long, Schema> byFingerprint = new HashMap<>();
    private final Map<String, Schema> byFile = new LinkedHashMap<>();

    private SchemaHistory() {
        for (URL index : indexes()) {
            for (String file : lines(index)) {
                Schema schema = new Schema.Parser().parse(String.join("\n", lines(resource("schemas/" + file))));
                byFile.put(file, schema);
                byFingerprint.put(SchemaNormalization.parsingFingerprint64(schema), schema);
            }
        }
    }

    public static SchemaHistory get() {
        return INSTANCE;
    }

    @Override
    public Schema findByFingerprint(long fingerprint) {
        return byFingerprint.get(fingerprint);
    }

    /** The versions of one schema, oldest first. */
    public List<Schema> versions(String fullName) {
        return byFile.values().stream()
                .filter(schema -> schema.getFullName().equals(fullName))
                .toList();
    }

    /** Every file of the history with its schema, in the order of the index. */
    public Map<String, Schema> files() {
        return Map.copyOf(byFile);
    }

    private static List<URL> indexes() {
        try {
            List<URL> found =
                    Collections.list(SchemaHistory.class.getClassLoader().getResources("schemas/index"));
            if (found.isEmpty()) {
                throw missing("schemas/index");
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot look for schemas/index", e);
        }
    }

    private static URL resource(String name) {
        URL found = SchemaHistory.class.getClassLoader().getResource(name);
        if (found == null) {
            throw missing(name);
        }
        return found;
    }

    private static IllegalStateException missing(String resource) {
        return new IllegalStateException("The schema history must be on the class path, missing " + resource);
    }

    private static List<String> lines(URL resource) {
        try (InputStream in = resource.openStream()) {
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            return reader.lines().filter(line -> !line.isBlank()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + resource, e);
        }
    }
}
