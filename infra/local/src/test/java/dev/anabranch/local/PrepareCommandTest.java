package dev.anabranch.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.contract.Topics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Two brokers are to keep each partition, and one is there. */
class PrepareCommandTest {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private static final String REPLICATION_FACTOR = "anabranch.topics.replication-factor";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    private Map<String, String> settings;

    @BeforeEach
    void deploy() {
        settings = Map.of(
                "anabranch.kafka.bootstrap-servers",
                BROKER.bootstrapServers(),
                "anabranch.kafka.start-wait",
                "PT5S",
                "anabranch.catalog.uri",
                "jdbc:sqlite:" + directory.resolve("catalog.db"),
                "anabranch.catalog.warehouse",
                directory.resolve("warehouse").toString(),
                "anabranch.partitions",
                "4",
                REPLICATION_FACTOR,
                "2");
        settings.forEach(System::setProperty);
    }

    @AfterEach
    void forget() {
        settings.keySet().forEach(System::clearProperty);
    }

    @Test
    void whereAllTopicsExistABrokerThatIsDownIsNotWaitedFor() {
        assertThat(prepare()).as(err.toString()).isZero();

        assertThat(out.toString()).contains("All topics exist.");
    }

    @Test
    void whereATopicMustBeMadeThereMustBeAsManyBrokersAsKeepIt() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKER.bootstrapServers()))) {
            admin.deleteTopics(List.of(Topics.ALERTS)).all().get();
            await().atMost(Duration.ofSeconds(30)).until(() -> !names(admin).contains(Topics.ALERTS));

            assertThat(prepare()).isEqualTo(1);
            assertThat(err.toString())
                    .contains(
                            "of 2 brokers that keep a copy of each partition 1 are there (" + REPLICATION_FACTOR + ")");
            assertThat(names(admin)).doesNotContain(Topics.ALERTS);

            System.setProperty(REPLICATION_FACTOR, "1");
            assertThat(prepare()).as(err.toString()).isZero();
            assertThat(out.toString()).contains("Created " + Topics.ALERTS);
            assertThat(names(admin)).contains(Topics.ALERTS);
        }
    }

    private static Set<String> names(Admin admin) throws Exception {
        return admin.listTopics().names().get();
    }

    private int prepare() {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute("prepare", "--dir", directory.toString());
    }
}
