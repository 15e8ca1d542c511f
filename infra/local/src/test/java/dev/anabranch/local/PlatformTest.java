package dev.anabranch.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.process.Settings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A real broker as a process of its own: the part of the platform that needs none of the layers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class PlatformTest {
    private static final List<TopicSpec> TOPICS = TopicSpec.all(4);

    private final LocalConfig config = Settings.read(LocalConfig.class);
    private final StringWriter said = new StringWriter();

    @TempDir
    static Path directory;

    private Home home;
    private Ports ports;
    private Service broker;
    private Platform platform;

    @BeforeAll
    void start() throws Exception {
        home = new Home(directory);
        ports = RunningBroker.freePorts();
        broker = new Services(RunningBroker.DISTRIBUTION, home, ports, 4, config.heap(), true).broker();
        platform = new Platform(home, List.of(broker), TOPICS, config, new PrintWriter(said, true));
        platform.start();
    }

    @AfterAll
    void stop() {
        platform.stopAll();
    }

    @Test
    @Order(1)
    void theBrokerIsReadyAndItsTopicsAreThere() throws Exception {
        assertThat(platform.status()).allMatch(Platform.Status::ready);
        assertThat(said.toString()).contains("broker", "ready after", TOPICS.size() + " created");
        try (Admin admin = admin()) {
            assertThat(admin.listTopics().names().get())
                    .containsAll(TOPICS.stream().map(TopicSpec::name).toList());
            ConfigResource events = new ConfigResource(ConfigResource.Type.TOPIC, "events.transaction");
            assertThat(admin.describeConfigs(Set.of(events))
                            .all()
                            .get()
                            .get(events)
                            .get("message.timestamp.type")
                            .value())
                    .isEqualTo("LogAppendTime");
        }
    }

    @Test
    @Order(2)
    void aSecondStartStartsNothing() {
        Platform again = new Platform(home, List.of(broker), TOPICS, config, new PrintWriter(said, true));
        assertThat(again.portsToBind()).isEmpty();
        assertThat(again.start()).isEmpty();
    }

    @Test
    @Order(2)
    void makingTheTopicsAgainChangesNothing() {
        try (Admin admin = admin()) {
            assertThat(new TopicSetup(admin, 1).create(TOPICS)).isEmpty();
        }
    }

    @Test
    @Order(2)
    void aTopicWithAnotherNumberOfPartitionsIsNamed() {
        try (Admin admin = admin()) {
            assertThatThrownBy(() -> new TopicSetup(admin, 1).create(TopicSpec.all(6)))
                    .isInstanceOf(Problem.class)
                    .hasMessageContaining("Topic events.transaction must have 6 partitions, has 4")
                    .hasMessageContaining("Topic predictions.fraud must have 6 partitions, has 4");
        }
    }

    @Test
    @Order(2)
    void aPortTheBrokerHoldsIsInUse() {
        assertThatThrownBy(() -> ports.requireFree(broker.ports()))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("Port " + ports.broker() + " for the broker is in use")
                .hasMessageContaining("Port " + ports.controller() + " for the controller is in use");
    }

    @Test
    @Order(2)
    void itsMemoryIsKnownAndSmall() {
        long kib = platform.status().get(0).rssKib().orElseThrow();
        assertThat(kib).isBetween(50_000L, 700_000L);
    }

    @Test
    @Order(2)
    void aProcessThatEndsBeforeItIsReadyIsReportedWithItsLog() {
        Home elsewhere = new Home(directory.resolve("elsewhere"));
        Service second = new Services(RunningBroker.DISTRIBUTION, elsewhere, ports, 4, config.heap(), true).broker();
        Readiness never = () -> Optional.of("never");
        Service doomed = new Service(second.name(), second.ports(), second.address(), second.command(), never);
        Platform other = new Platform(elsewhere, List.of(doomed), TOPICS, config, new PrintWriter(said, true));
        assertThatThrownBy(other::start)
                .isInstanceOf(Problem.class)
                .hasMessageStartingWith("The broker ended with exit code 1")
                .hasMessageContaining("all of it: " + elsewhere.log("broker"));
        other.stopAll();
    }

    @Test
    @Order(3)
    void stoppedItLeavesNoProcessAndNoPort() {
        ProcessHandle process = home.pidFile("broker").running().orElseThrow();
        assertThat(platform.stopAll()).isEqualTo(1);
        assertThat(process.isAlive()).isFalse();
        assertThat(home.pidFile("broker").path()).doesNotExist();
        assertThat(Ports.isFree(ports.broker())).isTrue();
        assertThat(said.toString()).doesNotContain("killed");
    }

    @Test
    @Order(4)
    void startedAgainItHasWhatItHad() throws Exception {
        Platform again = new Platform(home, List.of(broker), List.of(), config, new PrintWriter(said, true));
        assertThat(again.start()).containsExactly("broker");
        try (Admin admin = admin()) {
            assertThat(names(admin)).contains("events.transaction");
        }
    }

    private static Set<String> names(Admin admin) throws InterruptedException, ExecutionException {
        return admin.listTopics().names().get();
    }

    private Admin admin() {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, ports.bootstrapServers()));
    }
}
