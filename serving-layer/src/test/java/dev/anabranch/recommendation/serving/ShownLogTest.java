package dev.anabranch.recommendation.serving;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.Item;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.serving.TestBroker;
import dev.anabranch.serving.WrittenView;
import dev.anabranch.view.Position;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Answers when what was shown cannot be written down: because of the record, because of the topic, and last without a broker. */
@QuarkusTest
@WithTestResource(TestBroker.class)
@TestProfile(ShownLogTest.Impatient.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ShownLogTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SHOWN = RecommendationEvents.SHOWN.topic();
    private static boolean somethingTrends;

    @ConfigProperty(name = "anabranch.kafka.bootstrap-servers")
    String bootstrapServers;

    @Inject
    MeterRegistry metrics;

    @TestBroker.Stop
    Runnable stopBroker;

    /** Much longer than an answer waits, and not so long that the test takes minutes. */
    public static final class Impatient implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("anabranch.serving.acknowledge-within", "PT3S");
        }
    }

    @BeforeEach
    void somethingTrends() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> given().get("/q/health/ready").then().statusCode(200));
        if (somethingTrends) {
            return;
        }
        long now = System.currentTimeMillis();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (var view : new RecommendationUseCase().views()) {
                WrittenView<?> written = new WrittenView<>(view, producer);
                written.happens(
                        Position.of(RecommendationEvents.ITEM.topic(), 0, 0),
                        new Item("i", now, "river", true, Map.of()));
                written.happens(
                        Position.of(RecommendationEvents.INTERACTION.topic(), 0, 0),
                        new Interaction("e", now, "ann", "river", "s", "view", 1_000L, "web", ""));
            }
        }
        await().atMost(PATIENCE).untilAsserted(() -> preview().body("items.itemId", hasItem("river")));
        somethingTrends = true;
    }

    @Test
    @Order(1)
    void whatIsWrittenDownIsNotCounted() throws Exception {
        answered();

        await().atMost(PATIENCE).until(this::written, written -> written == 1);
        assertThat(lost()).isZero();
    }

    @Test
    @Order(2)
    void anAnswerWhoseRecordIsTooLargeIsGivenAndCounted() throws Exception {
        long written = written();
        long lost = lost();
        alter(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "16");
        int answers = 0;
        while (lost() == lost) { // until the broker goes by it
            assertThat(answers).as("answers, and none too large").isLessThan(1_000);
            answered();
            answers++;
        }
        for (int i = 0; i < 3; i++) {
            answered();
            answers++;
        }
        preview();

        int all = answers;
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(lost() - lost + written() - written)
                        .as("answers that are in the log or counted")
                        .isEqualTo(all));
        assertThat(lost() - lost).isGreaterThanOrEqualTo(4);
        alter(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "1048576");
    }

    @Test
    @Order(3)
    void anAnswerThatTheBrokerDoesNotTakeIsGivenBeforeThatIsKnownAndCountedThen() throws Exception {
        long lost = lost();
        try (Admin admin = admin()) {
            admin.deleteTopics(List.of(SHOWN)).all().get();
            await().atMost(PATIENCE)
                    .until(() -> !admin.listTopics().names().get().contains(SHOWN));

            answered();
            assertThat(lost()).as("lost when the answer is there").isEqualTo(lost);

            await().atMost(PATIENCE).until(this::lost, now -> now == lost + 1);
            admin.createTopics(List.of(new NewTopic(SHOWN, TestBroker.PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
        await().atMost(PATIENCE).until(() -> {
            answered();
            return written() > 0;
        });
    }

    @Test
    @Order(4)
    void anAnswerWithoutABrokerIsGivenAndCounted() {
        long lost = lost();
        stopBroker.run();
        answered();
        answered();

        await().atMost(PATIENCE).until(this::lost, now -> now >= lost + 2);
    }

    /** Somebody nobody knows gets what trends, and the answer gets a name, whether or not it can be written down. */
    private static void answered() {
        given().get("/v1/recommendations/nobody")
                .then()
                .statusCode(200)
                .body("items.itemId", hasItem("river"))
                .body("answerId", notNullValue());
    }

    private static ValidatableResponse preview() {
        return given().get("/v1/recommendations/nobody?preview=true")
                .then()
                .statusCode(200)
                .body("answerId", nullValue());
    }

    private long lost() {
        return (long) metrics.get("anabranch.serving.shown.lost")
                .tag("use.case", RecommendationUseCase.NAME)
                .counter()
                .count();
    }

    /** How many answers are in the log. */
    private long written() throws Exception {
        try (Admin admin = admin()) {
            return admin
                    .listOffsets(IntStream.range(0, TestBroker.PARTITIONS)
                            .mapToObj(number -> new TopicPartition(SHOWN, number))
                            .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest())))
                    .all()
                    .get()
                    .values()
                    .stream()
                    .mapToLong(end -> end.offset())
                    .sum();
        }
    }

    private void alter(String setting, String value) throws Exception {
        try (Admin admin = admin()) {
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, SHOWN);
            AlterConfigOp set = new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(topic, List.of(set))).all().get();
        }
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }
}
