package dev.anabranch.benchmarks.archive;

import dev.anabranch.benchmarks.BenchPlatform;
import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.local.Distribution;
import dev.anabranch.local.Ports;
import dev.anabranch.local.TopicSpec;
import dev.anabranch.local.check.Api;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletionException;
import java.util.stream.StreamSupport;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.jdbc.JdbcCatalog;

/**
 * Iceberg's sink in a standalone worker of Kafka Connect, with the settings that Connect and the sink have by themselves. So it has
 * one task and is handed 500 records at a time: with two tasks, or 5,000 records, a row cost it the same within the noise, and
 * with the collector G1 a fifth more.
 */
final class ConnectSink {
    /** Where coordinator and tasks of the sink agree on commits. The broker makes no topic by itself. */
    static final TopicSpec CONTROL = new TopicSpec("control-iceberg", 1, Map.of());

    private static final String LOG = "connect";
    private static final String CONNECTOR = "archive";
    /** Lies on the worker's class path alone. */
    private static final String ADMITTED = "dev.anabranch.benchmarks.connect.AdmittedPayment";
    /** Tasks look for what the coordinator asks of them when records come, and this often when none do. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private ConnectSink() {}

    /**
     * Starts it.
     *
     * @param identifier of its table in the platform's catalog
     * @param every      how often it is to commit
     */
    static Archiving start(
            String name,
            BenchPlatform platform,
            Benchmark.Settings settings,
            TableIdentifier identifier,
            Table table,
            Duration every)
            throws IOException {
        String classPath =
                new Distribution(settings.root()).classPath("infra/benchmarks/connect", "anabranch-benchmarks-connect");
        String address = "http://" + Ports.HOST + ":" + platform.sparePort();
        Path worker = settings.scratch().resolve("connect-worker.properties");
        Path sink = settings.scratch().resolve("connect-sink.properties");
        write(worker, worker(platform.bootstrapServers(), address, settings.scratch()));
        write(sink, sink(platform, identifier, every));
        Process process = platform.launch(
                LOG,
                List.of(
                        Distribution.java(),
                        "-Xmx1g",
                        "-XX:+UseSerialGC",
                        "-cp",
                        classPath,
                        "org.apache.kafka.connect.cli.ConnectStandalone",
                        worker.toString(),
                        sink.toString()));
        Api api = new Api(address);
        return new Archiving(
                name,
                process.toHandle(),
                table,
                () -> platform.whyEnded(LOG, process.toHandle()).or(() -> failure(api)));
    }

    private static Map<String, String> worker(String bootstrapServers, String address, Path scratch) {
        return Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "listeners",
                address,
                "key.converter",
                "org.apache.kafka.connect.converters.ByteArrayConverter",
                "value.converter",
                "org.apache.kafka.connect.converters.ByteArrayConverter",
                "offset.storage.file.filename",
                scratch.resolve("connect.offsets").toString(),
                "offset.flush.interval.ms",
                String.valueOf(LOOK.toMillis()),
                "plugin.discovery",
                "service_load");
    }

    private static Map<String, String> sink(BenchPlatform platform, TableIdentifier table, Duration every) {
        Map<String, String> sink = new HashMap<>(Map.of(
                "name", CONNECTOR,
                "connector.class", "org.apache.iceberg.connect.IcebergSinkConnector",
                "topics", FraudEvents.TRANSACTION.topic(),
                "transforms", "admitted",
                "transforms.admitted.type", ADMITTED,
                "iceberg.tables", table.toString(),
                "iceberg.control.topic", CONTROL.name(),
                "iceberg.control.commit.interval-ms", String.valueOf(every.toMillis()),
                "iceberg.kafka.bootstrap.servers", platform.bootstrapServers()));
        sink.put("iceberg.catalog", Lakehouse.CATALOG);
        sink.put("iceberg.catalog.catalog-impl", JdbcCatalog.class.getName());
        Lakehouse.catalogProperties(platform.catalog())
                .forEach((key, value) -> sink.put("iceberg.catalog." + key, value));
        return sink;
    }

    private static void write(Path file, Map<String, String> settings) throws IOException {
        Properties properties = new Properties();
        properties.putAll(settings);
        try (Writer out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
        }
    }

    /** The first line of what a task failed with: the worker lives on without it. */
    private static Optional<String> failure(Api api) {
        try {
            Api.Answer answer = api.get("/connectors/" + CONNECTOR + "/status").join();
            if (!answer.ok()) {
                return Optional.empty(); // it is not there yet
            }
            return StreamSupport.stream(answer.body().path("tasks").spliterator(), false)
                    .filter(task -> task.path("state").asText().equals("FAILED"))
                    .map(task -> task.path("trace").asText().lines().findFirst().orElse("it failed"))
                    .findFirst();
        } catch (CompletionException e) {
            return Optional.empty(); // nor is the worker
        }
    }
}
