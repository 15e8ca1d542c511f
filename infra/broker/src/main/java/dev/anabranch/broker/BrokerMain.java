package dev.anabranch.broker;

import dev.anabranch.process.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.AppInfoParser;

/** A Kafka broker that is its own controller, kept small and reachable from this machine only. Stops on SIGTERM. */
public final class BrokerMain {
    /** Loopback: the traffic of a local platform leaves no machine. */
    private static final String HOST = "127.0.0.1";

    private BrokerMain() {}

    public static void main(String[] args) {
        Path properties;
        try {
            properties = prepare(Settings.read(BrokerConfig.class));
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            System.err.println("The broker cannot start: " + e.getMessage());
            System.exit(1);
            return;
        }
        Kafka.main(new String[] {properties.toString()});
    }

    private static Path prepare(BrokerConfig config) throws IOException {
        LogDirectory log = new LogDirectory(config.directory().toAbsolutePath());
        Path properties = log.directory().resolve("server.properties");
        Files.createDirectories(log.directory());
        log.claim(AppInfoParser.getVersion());
        try (Writer out = Files.newBufferedWriter(properties)) {
            properties(config, log.files()).store(out, "Written at every start");
        }
        format(log, properties);
        return properties;
    }

    static Properties properties(BrokerConfig config, Path log) {
        String clients = "PLAINTEXT://" + HOST + ":" + config.port();
        String controller = HOST + ":" + config.controllerPort();
        StringBuilder listeners = new StringBuilder(clients + ",CONTROLLER://" + controller);
        StringBuilder advertised = new StringBuilder(clients);
        StringBuilder protocols = new StringBuilder("PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        for (String each : config.proxied().orElse(List.of())) {
            String[] ports = proxied(each);
            String name = "PROXIED" + ports[0];
            listeners.append("," + name + "://" + HOST + ":" + ports[0]);
            advertised.append("," + name + "://" + HOST + ":" + ports[1]);
            protocols.append("," + name + ":PLAINTEXT");
        }
        Properties p = new Properties();
        p.setProperty("process.roles", "broker,controller");
        p.setProperty("node.id", "1");
        p.setProperty("listeners", listeners.toString());
        p.setProperty("advertised.listeners", advertised.toString());
        p.setProperty("listener.security.protocol.map", protocols.toString());
        p.setProperty("inter.broker.listener.name", "PLAINTEXT");
        p.setProperty("controller.listener.names", "CONTROLLER");
        p.setProperty("controller.quorum.bootstrap.servers", controller);
        p.setProperty("log.dirs", log.toString());
        // Topics are made on purpose, with the partitions and policies the layers agree on.
        p.setProperty("auto.create.topics.enable", "false");
        // One broker: one copy of everything.
        p.setProperty("default.replication.factor", "1");
        p.setProperty("offsets.topic.replication.factor", "1");
        p.setProperty("transaction.state.log.replication.factor", "1");
        p.setProperty("transaction.state.log.min.isr", "1");
        p.setProperty("share.coordinator.state.topic.replication.factor", "1");
        p.setProperty("share.coordinator.state.topic.min.isr", "1");
        // One machine: few partitions, threads and buffers, and nobody to wait for before a group starts.
        p.setProperty("offsets.topic.num.partitions", "4");
        p.setProperty("transaction.state.log.num.partitions", "4");
        p.setProperty("share.coordinator.state.topic.num.partitions", "1");
        p.setProperty("group.initial.rebalance.delay.ms", "0");
        p.setProperty("num.network.threads", "2");
        p.setProperty("num.io.threads", "4");
        p.setProperty("background.threads", "2");
        p.setProperty("num.recovery.threads.per.data.dir", "2");
        p.setProperty("log.cleaner.dedupe.buffer.size", "8388608");
        p.setProperty("log.index.size.max.bytes", "1048576");
        // A transaction that begins while the marks of the last are being written tries again so soon: one is short
        // here.
        p.setProperty("add.partitions.to.txn.retry.backoff.ms", "2");
        // The largest record anywhere is a model; its topic says so. Everything else keeps Kafka's limit of 1 MiB.
        return p;
    }

    private static String[] proxied(String setting) {
        String[] ports = setting.split(":");
        if (ports.length != 2 || !ports[0].matches("\\d+") || !ports[1].matches("\\d+")) {
            throw new IllegalArgumentException(
                    "anabranch.broker.proxied must list port:advertised, got '" + setting + "'; try 29093:29092");
        }
        return ports;
    }

    /** Prepares an empty log directory; one that holds a log is left as it is. */
    private static void format(LogDirectory log, Path properties) {
        if (log.formatted()) {
            return;
        }
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        String[] command = {
            "format",
            "--standalone",
            "--ignore-formatted",
            "--cluster-id",
            Uuid.randomUuid().toString(),
            "--config",
            properties.toString()
        };
        int code = StorageTool.execute(command, new PrintStream(said, true, StandardCharsets.UTF_8));
        if (code != 0) {
            throw new IllegalStateException("Cannot format " + log.files() + ": "
                    + said.toString(StandardCharsets.UTF_8).strip());
        }
    }
}
