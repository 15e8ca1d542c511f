package dev.anabranch.fraud.serving;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;

import dev.anabranch.contract.ModelKey;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.lakehouse.Experiments;
import dev.anabranch.lakehouse.Experiments.Action;
import dev.anabranch.lakehouse.Experiments.Step;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.serving.ServingConfig;
import dev.anabranch.serving.SmallModel;
import dev.anabranch.serving.TestBroker;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Versions side by side, over HTTP with a real broker and real tables. */
@QuarkusTest
@WithTestResource(TestBroker.class)
class ExperimentTest {
    private static final String MODEL = "fraud";
    private static final String PATH = "/v1/models/fraud/experiment";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final SmallModel GOOD = new SmallModel(MODEL, FraudFeatures.NAMES, 0.001f, -1f);

    @ConfigProperty(name = "anabranch.kafka.bootstrap-servers")
    String bootstrapServers;

    @Inject
    ServingConfig config;

    @Inject
    MeterRegistry metrics;

    private long champion;
    private long challenger;
    private long shadow;

    @BeforeEach
    void threeVersionsOfWhichOneIsLive() {
        champion = register(GOOD.version(0), true);
        challenger = register(new SmallModel(MODEL, FraudFeatures.NAMES, 0.001f, -2f).version(0), true);
        shadow = register(new SmallModel(MODEL, FraudFeatures.NAMES, 0.001f, -3f).version(0), false);
        promote(champion);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(variants()).containsExactly("champion"));
    }

    @AfterEach
    void nothingIsLive() {
        given().contentType(ContentType.JSON).body(decider()).post(PATH + "/stop");
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                    Topics.MODELS, ModelKey.live(MODEL).toString().getBytes(), null));
        }
        await().atMost(PATIENCE).untilAsserted(() -> ask("c-1").statusCode(503));
    }

    @Test
    void anExperimentIsBegunChangedAndStoppedWithWhoAndWhy() {
        int number = begin(Map.of("challengers", List.of(share(challenger, 0.5)), "shadows", List.of(shadow)))
                .statusCode(200)
                .body("phase", equalTo(1))
                .body("arms.name", equalTo(List.of("champion", "challenger-" + challenger, "shadow-" + shadow)))
                .body("arms.share", equalTo(List.of(0.5f, 0.5f, 0.0f)))
                .extract()
                .path("number");
        String prefix = "e" + number + ".1-";
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(variants())
                        .containsExactly(prefix + "challenger-" + challenger, prefix + "champion"));
        Map<String, String> drawn = byCustomer();
        assertThat(byCustomer()).as("asked again").isEqualTo(drawn);
        theShadowIsInTheLogAndAnswersNobody(prefix);

        tell("/shares", Map.of("challengers", List.of(share(challenger, 0.8))))
                .statusCode(200)
                .body("phase", equalTo(2))
                .body("arms", hasSize(2));
        String second = "e" + number + ".2-";
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(variants())
                        .containsExactly(second + "challenger-" + challenger, second + "champion"));
        Map<String, String> then = byCustomer();
        drawn.forEach((customer, variant) -> {
            if (variant.equals(prefix + "challenger-" + challenger)) {
                assertThat(then.get(customer)).isEqualTo(second + "challenger-" + challenger);
            }
        });

        tell("/stop", Map.of()).statusCode(200).body("action", equalTo("stop"));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(variants()).containsExactly("champion"));
        given().get(PATH)
                .then()
                .statusCode(200)
                .body("running", equalTo(null))
                .body("steps[-1].action", equalTo("stop"))
                .body("steps[-1].by", equalTo("ann"))
                .body("steps[-2].shares.challenger-" + challenger, equalTo(0.8f))
                .body("steps[-3].why", equalTo("to see"));
        tell("/stop", Map.of("why", "again")).statusCode(200).body("why", equalTo("to see"));
    }

    @Test
    void aShadowThatThrowsIsCountedAndDisturbsNeitherTheAnswersNorTheOtherShadow() {
        Map<String, Float> before = answers("score");
        long broken = register(GOOD.versionOfOneRow(0), false);
        int number = begin(Map.of("shadows", List.of(broken, shadow)))
                .statusCode(200)
                .extract()
                .path("number");
        String prefix = "e" + number + ".1-";
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(variants()).containsExactly(prefix + "champion"));

        double failures = shadowFailures();
        assertThat(answers("score")).as("twenty rows at once").isEqualTo(before);
        assertThat(shadowFailures()).isEqualTo(failures + 1);
        Collection<String> ids = this.<String>answers("predictionId").values();
        Map<String, Prediction> logged = logged(
                ids.stream().flatMap(id -> Stream.of(id, id + "-" + shadow)).toList());
        assertThat(logged.keySet())
                .doesNotContainAnyElementsOf(
                        ids.stream().map(id -> id + "-" + broken).toList());
    }

    @Test
    void whoIsHeldOutIsTakenFromAllAndTheOthersShareWhatIsLeft() {
        begin(Map.of("challengers", List.of(share(challenger, 0.5)), "holdout", share(champion, 0.2)))
                .statusCode(200)
                .body("arms.name", equalTo(List.of("champion", "challenger-" + challenger, "holdout")))
                .body("arms.share", equalTo(List.of(0.4f, 0.4f, 0.2f)));
        await().atMost(PATIENCE)
                .untilAsserted(() -> given().get(PATH)
                        .then()
                        .body("running.arms.refused", equalTo(Arrays.asList(null, null, null))));
        assertThat(variants()).anyMatch(variant -> variant.endsWith("-holdout"));
    }

    @Test
    void makingTheChallengerLiveEndsTheExperiment() {
        begin(Map.of("challengers", List.of(share(challenger, 0.5)))).statusCode(200);
        begin(Map.of("challengers", List.of(share(challenger, 0.5))))
                .statusCode(409)
                .body("detail", containsString("is running, begun by ann"));
        promote(challenger);
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(variants()).containsExactly("champion");
            assertThat((int) ask("c-1").extract().path("model.version")).isEqualTo((int) challenger);
        });
        given().get(PATH)
                .then()
                .body("steps[-1].action", equalTo("stop"))
                .body("steps[-1].why", containsString("version " + challenger + " was made live"));
    }

    @Test
    void stoppingWhatWasStoppedAndNotToldTellsItToAll() {
        begin(Map.of("challengers", List.of(share(challenger, 0.5)))).statusCode(200);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(variants()).hasSize(2));
        try (Lakehouse lakehouse = Lakehouse.open(config.catalog())) { // and there whoever stopped it died
            Experiments experiments = new Experiments(lakehouse);
            Optional<Step> seen = experiments.newest(MODEL);
            assertThat(experiments.take(seen, Action.STOP, seen.orElseThrow().experiment(), "bob", "too dear", 1))
                    .isPresent();
        }
        given().get(PATH).then().body("running", equalTo(null));
        assertThat(variants()).as("nobody was told").hasSize(2);

        tell("/stop", Map.of()).statusCode(200).body("by", equalTo("bob")).body("why", equalTo("too dear"));

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(variants()).containsExactly("champion"));
        assertThat(standing())
                .contains(ModelKey.live(MODEL).toString())
                .doesNotContain(
                        ModelKey.experiment(MODEL).toString(),
                        ModelKey.version(MODEL, challenger).toString());
        given().get(PATH).then().body("steps[-1].by", equalTo("bob")).body("steps[-2].action", equalTo("start"));
    }

    @Test
    void whatMustNotAnswerOrDoesNotAddUpIsRefusedAndNothingBegins() {
        begin(Map.of("challengers", List.of(share(challenger, 0.7), share(champion, 0.7))))
                .statusCode(400)
                .body("violations.field", hasItem("challengers"))
                .body("violations.rule", hasItem("must have shares of 1 together at most"))
                .body("violations.value", hasItem("1.4"))
                .body("violations.rule", hasItem("must be of another version than the live one"));
        begin(Map.of("challengers", List.of(share(challenger, 0.5)), "shadows", List.of(challenger)))
                .statusCode(400)
                .body("violations[0].rule", equalTo("must be of a version that has no other arm"));
        begin(Map.of("challengers", List.of(share(challenger, 1.5)))).statusCode(400);
        begin(Map.of("challengers", List.of(share(challenger, 0.12345))))
                .statusCode(400)
                .body("violations[0].rule", equalTo("must be a multiple of 0.0001"));
        begin(Map.of()).statusCode(400).body("violations[0].rule", containsString("must be given"));
        begin(Map.of("challengers", List.of(share(shadow, 0.5))))
                .statusCode(409)
                .body("detail", containsString("did not pass its gates"));
        begin(Map.of("challengers", List.of(share(shadow + 100, 0.5))))
                .statusCode(404)
                .body("detail", containsString("There is no version " + (shadow + 100)));
        given().contentType(ContentType.JSON)
                .body(with(decider(), Map.of("challengers", List.of(share(1, 0.5)))))
                .post("/v1/models/recommendation-items/experiment")
                .then()
                .statusCode(409)
                .body("detail", containsString("Answers by recommendation-items are not kept"));
        given().get(PATH).then().body("running", equalTo(null));
        assertThat(variants()).containsExactly("champion");
    }

    private void theShadowIsInTheLogAndAnswersNobody(String prefix) {
        String answered = ask("c-1").extract().path("predictionId");
        Map<String, Prediction> logged = logged(List.of(answered, answered + "-" + shadow));
        Prediction beside = logged.get(answered + "-" + shadow);
        assertThat(beside.getVariant()).isEqualTo(prefix + "shadow-" + shadow);
        assertThat(beside.getFeatures()).isEqualTo(logged.get(answered).getFeatures());
        assertThat(beside.getScore()).isNotEqualTo(logged.get(answered).getScore());
    }

    /** The predictions in the log by name, once all of these are there. */
    private Map<String, Prediction> logged(Collection<String> awaited) {
        Map<String, Prediction> logged = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = fromTheBeginningOf(Topics.predictions(MODEL))) {
            await().atMost(PATIENCE).pollInSameThread().until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                    Prediction prediction = Wire.PREDICTION.decode(record.value());
                    logged.put(prediction.getPredictionId(), prediction);
                });
                return logged.keySet().containsAll(awaited);
            });
        }
        return logged;
    }

    /** The keys under which every layer finds a model or an experiment. */
    private Set<String> standing() {
        Set<String> standing = new TreeSet<>();
        try (KafkaConsumer<byte[], byte[]> consumer = fromTheBeginningOf(Topics.MODELS)) {
            TopicPartition only = new TopicPartition(Topics.MODELS, 0);
            long end = consumer.endOffsets(Set.of(only)).get(only);
            await().atMost(PATIENCE).pollInSameThread().until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                    String key = new String(record.key(), StandardCharsets.UTF_8);
                    if (record.value() == null) {
                        standing.remove(key);
                    } else {
                        standing.add(key);
                    }
                });
                return consumer.position(only) >= end;
            });
        }
        return standing;
    }

    private KafkaConsumer<byte[], byte[]> fromTheBeginningOf(String topic) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(consumer.partitionsFor(topic).stream()
                .map(p -> new TopicPartition(p.topic(), p.partition()))
                .toList());
        consumer.seekToBeginning(consumer.assignment());
        return consumer;
    }

    private double shadowFailures() {
        return metrics.get("anabranch.serving.shadow.failures")
                .tag("use.case", MODEL)
                .counter()
                .count();
    }

    private Set<String> variants() {
        return new TreeSet<>(byCustomer().values());
    }

    /** What twenty customers are answered by, asked at once. */
    private Map<String, String> byCustomer() {
        return answers("model.variant");
    }

    /** One thing in the answers to twenty customers, asked at once. */
    private <T> Map<String, T> answers(String what) {
        List<Map<String, Object>> questions = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            questions.add(question("c-" + i));
        }
        List<T> told = given().contentType(ContentType.JSON)
                .body(questions)
                .post("/v1/fraud/scores")
                .then()
                .statusCode(200)
                .extract()
                .path("scores." + what);
        Map<String, T> byCustomer = new HashMap<>();
        for (int i = 0; i < 20; i++) {
            byCustomer.put("c-" + i, told.get(i));
        }
        return byCustomer;
    }

    private static ValidatableResponse ask(String customer) {
        return given().contentType(ContentType.JSON)
                .body(question(customer))
                .post("/v1/fraud/score")
                .then();
    }

    private static Map<String, Object> question(String customer) {
        return Map.of("customerId", customer, "terminalId", "t-1", "amountCents", 500);
    }

    private static Map<String, Object> share(long version, double share) {
        return Map.of("version", version, "share", share);
    }

    private static Map<String, Object> decider() {
        return Map.of("by", "ann", "why", "to see");
    }

    private static Map<String, Object> with(Map<String, Object> one, Map<String, Object> other) {
        Map<String, Object> both = new HashMap<>(one);
        both.putAll(other);
        return both;
    }

    private static ValidatableResponse begin(Map<String, Object> arms) {
        return tell("", arms);
    }

    private static ValidatableResponse tell(String path, Map<String, Object> body) {
        return given().contentType(ContentType.JSON)
                .body(with(decider(), body))
                .post(PATH + path)
                .then();
    }

    private void promote(long version) {
        given().contentType(ContentType.JSON)
                .body(with(decider(), Map.of("version", version)))
                .post("/v1/models/fraud/live")
                .then()
                .statusCode(200);
    }

    private long register(ModelVersion version, boolean passed) {
        try (Lakehouse lakehouse = Lakehouse.open(config.catalog())) {
            return new ModelRegistry(lakehouse)
                    .register(version, Judgement.of("test", passed, "test"))
                    .version()
                    .getVersion();
        }
    }
}
