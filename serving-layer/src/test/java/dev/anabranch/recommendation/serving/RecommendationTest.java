package dev.anabranch.recommendation.serving;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.anabranch.contract.BucketRange;
import dev.anabranch.contract.Experiment;
import dev.anabranch.contract.ExperimentArm;
import dev.anabranch.contract.ModelKey;
import dev.anabranch.contract.ModelSample;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.experiment.Assignment;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.Sha256;
import dev.anabranch.model.UnusableModelException;
import dev.anabranch.ranking.Ranked;
import dev.anabranch.ranking.RankedAnswer;
import dev.anabranch.recommendation.CandidateFeatures;
import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.Item;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.recommendation.RecommendationRanking;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.recommendation.Response;
import dev.anabranch.recommendation.Shown;
import dev.anabranch.serving.Problem;
import dev.anabranch.serving.SmallModel;
import dev.anabranch.serving.TestBroker;
import dev.anabranch.serving.WrittenView;
import dev.anabranch.vectors.FoldIn;
import dev.anabranch.vectors.Vectors;
import dev.anabranch.vectors.VectorsArtifact;
import dev.anabranch.vectors.VectorsModel;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Position;
import dev.anabranch.view.oracle.NaiveFold;
import dev.anabranch.view.oracle.NaiveKnowledge;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From nobody known to a model that is swapped under load, told in order. */
@QuarkusTest
@WithTestResource(TestBroker.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RecommendationTest {
    private static final String ODD = "a/b ☂";
    private static final List<WrittenView<?>> VIEWS = new ArrayList<>();
    private static final Map<String, Long> NEXT = new HashMap<>();
    private static final List<NaiveFold.Entry> LOG = new ArrayList<>();
    private static KafkaProducer<byte[], byte[]> producer;

    @ConfigProperty(name = "anabranch.kafka.bootstrap-servers")
    String bootstrapServers;

    @BeforeEach
    void connect() {
        if (producer == null) {
            producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", bootstrapServers),
                    new ByteArraySerializer(),
                    new ByteArraySerializer());
            new RecommendationUseCase().views().forEach(view -> VIEWS.add(new WrittenView<>(view, producer)));
        }
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().get("/q/health/ready").then().statusCode(200));
    }

    @Test
    @Order(1)
    void ofWhomNothingIsKnownGetsWhatTrendsAndTheAnswerSaysSo() {
        recommended("nobody", "")
                .statusCode(200)
                .body("basis", equalTo("trending"))
                .body("because", equalTo("nothing is known of user 'nobody'"))
                .body("items.size()", equalTo(0));
        given().get("/v1/items/nothing/similar")
                .then()
                .statusCode(404)
                .contentType(Problem.MEDIA_TYPE)
                .body("detail", equalTo("Nothing is known of item 'nothing'"));
    }

    @Test
    @Order(2)
    void aClickChangesTheNextAnswer() {
        for (String item : List.of("river", "train", "cheese", "old", "item-13", "ad", ODD)) {
            published(item, true, item.equals("ad") ? Map.of("promoted", "yes") : Map.of("kind", item));
        }
        for (String reader : List.of("r-1", "r-2", "r-3")) {
            clicks(reader, "river", "web", "");
            clicks(reader, "train", "web", "river");
        }
        for (String reader : List.of("c-1", "c-2", "c-3")) {
            clicks(reader, "cheese", "app", "");
            clicks(reader, ODD, "app", "cheese");
        }
        clicks("r-1", "item-13", "web", "train");
        clicks("r-2", "old", "web", "train");
        clicks("r-3", "ad", "web", "train");
        published("old", false, Map.of());

        clicks("ann", "river", "web", "");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> recommended("ann", "")
                        .statusCode(200)
                        .body("basis", equalTo("personal"))
                        .body("items.itemId", hasItem("ad")));
        assertThat(items("ann", "")).startsWith("ad", "train").doesNotContain("river", "old", "item-13");
        assertThat(items("ann", "?exclude-seen=false")).contains("river");

        clicks("ann", "cheese", "app", "river");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(items("ann", "")).doesNotContain("cheese"));
        List<String> after = items("ann", "");
        assertThat(after).contains(ODD);
        recommended("ann", "")
                .body("exact", equalTo(true))
                .body("provenance.freshness", notNullValue())
                .body("models.ranking", nullValue());
    }

    @Test
    @Order(3)
    void answersKeepToNumberContextAndAttributes() {
        assertThat(items("ann", "?n=1")).hasSize(1);
        assertThat(items("ann", "?filter=kind:train")).containsExactly("train");
        assertThat(items("nobody", "?context=app")).containsExactlyInAnyOrder("cheese", ODD);
        recommended("nobody", "?context=moon")
                .body("because", containsString("nothing trends in 'moon', so this is what trends everywhere"));
        JsonPath trending = given().get("/v1/items/trending?context=web")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(trending.getList("items.itemId", String.class))
                .contains("river", "train")
                .doesNotContain("old");
        given().get("/v1/items/{item}/similar", "river")
                .then()
                .statusCode(200)
                .body("items[0].itemId", equalTo("train"));
        given().get("/v1/items/{item}/similar", ODD).then().statusCode(200).body("items[0].itemId", equalTo("cheese"));
    }

    @Test
    @Order(4)
    void aVisitWithoutANameManyUsersAndAGroupAreAnswered() {
        JsonPath visit = post(
                        "/v1/recommendations",
                        "{\"items\":[{\"itemId\":\"river\"},{\"itemId\":\"ad\",\"strength\":2.5}]}")
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(visit.getString("basis")).isEqualTo("personal");
        assertThat(visit.getList("items.itemId", String.class))
                .contains("train")
                .doesNotContain("river", "ad", "old");
        post("/v1/recommendations/users", "{\"users\":[\"ann\",\"nobody\"],\"n\":2}")
                .statusCode(200)
                .body("answers[0].user", equalTo("ann"))
                .body("answers[0].items.size()", equalTo(2))
                .body("answers[1].basis", equalTo("trending"));
        JsonPath group = post("/v1/recommendations/group", "{\"users\":[\"r-1\",\"c-1\"]}")
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(group.getList("items.itemId", String.class))
                .doesNotContain("old")
                .isNotEmpty();
    }

    @ParameterizedTest
    @Order(5)
    @CsvSource(
            delimiter = '|',
            value = {
                "n=0 | n | must be between 1 and 1000 | '0'",
                "n=10000 | n | must be between 1 and 1000 | '10000'",
                "n=-1 | n | must be between 1 and 1000 | '-1'",
                "n=ten | n | must be between 1 and 1000 | 'ten'",
                "preview=maybe | preview | must be true or false | 'maybe'",
                "exclude-seen=maybe | exclude-seen | must be true or false | 'maybe'",
                "filter=kind | filter | must be <attribute>:<value> | 'kind'",
                "limit=3 | limit | is not known; known are [context, exclude-seen, filter, n, preview] | 3",
            },
            quoteCharacter = '\0')
    void aQuestionThatBreaksARuleIsRefusedByName(String query, String field, String rule, String value) {
        recommended("ann", "?" + query)
                .statusCode(400)
                .contentType(Problem.MEDIA_TYPE)
                .body("violations[0].field", equalTo(field))
                .body("violations[0].rule", equalTo(rule))
                .body("violations[0].value", equalTo(value));
    }

    @ParameterizedTest
    @Order(6)
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"items\":[]} | items",
                "{} | items",
                "{\"items\":[{\"itemId\":\"river\",\"strength\":NaN}]} | items[0].strength",
                "{\"items\":[{\"itemId\":\"river\",\"strength\":Infinity}]} | items[0].strength",
                "{\"items\":[{\"itemId\":\"river\",\"strength\":0}]} | items[0].strength",
                "{\"items\":[{\"itemId\":\"river\"},{\"itemId\":\"river\"}]} | items[1].itemId",
                "{\"items\":[{\"itemId\":\"river\"},{\"itemId\":\"never ☂/seen\"}]} | items[1].itemId",
                "{\"items\":[{\"itemId\":\"river\"}],\"n\":0} | n",
                "{\"items\":[{\"itemId\":\"river\"}],\"n\":10000} | n",
            },
            quoteCharacter = '\0')
    void aVisitThatBreaksARuleIsRefusedByName(String body, String field) {
        post("/v1/recommendations", body)
                .statusCode(400)
                .contentType(Problem.MEDIA_TYPE)
                .body("violations[0].field", equalTo(field));
    }

    @Test
    @Order(7)
    void withVectorsAnEstimateIsTheSumOfItsReasons() {
        given().get("/v1/recommendations/ann/because/train").then().statusCode(404);
        publish(vectors(1, 1));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> given().get("/v1/recommendations/ann/because/train")
                        .then()
                        .statusCode(200));
        JsonPath because = given().get("/v1/recommendations/ann/because/train").jsonPath();
        double sum = because.getList("reasons.adds", Double.class).stream()
                .mapToDouble(Double::doubleValue)
                .sum();
        assertThat(because.getDouble("estimate")).isCloseTo(sum, within(1e-6));
        assertThat(because.getList("reasons.itemId", String.class)).contains("river", "cheese");
        JsonPath estimates = given().get("/v1/recommendations/ann/estimate/{items}", "train," + ODD + ",no-vector")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(estimates.getDouble("estimates[0].estimate")).isCloseTo(sum, within(1e-4));
        assertThat((Object) estimates.get("estimates[2].estimate")).isNull();
        given().get("/v1/recommendations/ann/because/{item}", ODD).then().statusCode(200);
        recommended("ann", "")
                .body("models.items.version", equalTo(1))
                .body("models.search", equalTo("exact, in the order of norms"));
    }

    @Test
    @Order(8)
    void aModelSwapUnderLoadDropsAndMixesNothing() {
        Map<Integer, Double> estimates = new ConcurrentHashMap<>();
        AtomicBoolean stop = new AtomicBoolean();
        Set<String> wrong = new HashSet<>();
        CompletableFuture<Void> load = CompletableFuture.runAsync(() -> {
            while (!stop.get()) {
                JsonPath because = given().get("/v1/recommendations/ann/because/train")
                        .then()
                        .statusCode(200)
                        .extract()
                        .jsonPath();
                int version = because.getInt("items.version");
                // Every version has vectors of another length: one of each would give an estimate of neither.
                double scaled = because.getDouble("estimate") / expected(version);
                if (Math.abs(scaled - 1) > 0.02) {
                    wrong.add("version " + version + " gave " + because.getDouble("estimate"));
                }
                estimates.put(version, because.getDouble("estimate"));
            }
        });
        for (int version = 2; version <= 12; version++) {
            int now = version;
            publish(vectors(version, version));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> recommended("ann", "")
                                    .statusCode(200)
                                    .extract()
                                    .jsonPath()
                                    .getInt("models.items.version")
                            == now);
            await().atMost(Duration.ofSeconds(20)) // the load has met it, or is over because it was refused
                    .until(() -> load.isDone() || estimates.containsKey(now));
        }
        stop.set(true);
        load.join();
        assertThat(wrong).isEmpty();
        assertThat(estimates).as("every version was met under load").hasSizeGreaterThanOrEqualTo(11);
    }

    @Test
    @Order(9)
    void aRankingModelTakesOverFromTheRuleAndABrokenOneDoesNot() {
        SmallModel ranking = new SmallModel(RecommendationUseCase.NAME, CandidateFeatures.NAMES, 2f, -1f);
        publish(ranking.version(1));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> recommended("ann", "").body("models.ranking.version", equalTo(1)));
        publish(vectors(13, 1, 0));
        publish(ranking.version(2));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> recommended("ann", "").body("models.ranking.version", equalTo(2)));
        recommended("ann", "").body("models.items.version", equalTo(12));
    }

    @Test
    @Order(10)
    void whatAUserWasShownIsInTheLogUnderTheNameOfTheAnswer() {
        JsonPath answer = recommended("ann", "?n=2").statusCode(200).extract().jsonPath();
        String answerId = answer.getString("answerId");
        await().atMost(Duration.ofSeconds(20))
                .until(() ->
                        shown().stream().anyMatch(each -> each.getAnswerId().equals(answerId)));
        Shown shown = shown().stream()
                .filter(each -> each.getAnswerId().equals(answerId))
                .findFirst()
                .orElseThrow();
        assertThat(shown.getUserId()).isEqualTo("ann");
        assertThat(shown.getItems()).isEqualTo(answer.getList("items.itemId"));
        assertThat(shown.getRanker()).isEqualTo("recommendation-2");
        assertThat(shown.getVariant()).isEqualTo("champion");
        assertThat(shown.getVectorsVersion()).isEqualTo(12);
        assertThat(shown.getMost()).isEqualTo(2);
        assertThat(shown.getExcludeSeen()).isTrue();
        assertThat(shown.getExact()).isTrue();
        assertThat(shown.getRescored()).as("a hook is there").isTrue();

        long before = shown().size();
        recommended("nobody", "?filter=kind:none").body("answerId", nullValue()); // nothing to be shown
        post("/v1/recommendations", "{\"items\": [{\"itemId\": \"river\"}]}").body("answerId", nullValue());
        recommended("ann", "?preview=true").body("answerId", nullValue()).body("basis", equalTo("personal"));
        assertThat(shown()).hasSize((int) before);
    }

    /** By the naive fold over the log, as of the positions that were written down with each. */
    @Test
    @Order(11)
    void everyAnswerThatWasWrittenDownCanBeMadeAgainToTheBit() throws Exception {
        recommended("stranger", "?context=nowhere&n=3").body("basis", equalTo("trending"));
        recommended("c-1", "?context=app&exclude-seen=false").body("basis", equalTo("personal"));
        RecommendationRanking ranking = new RecommendationRanking();
        Set<String> rankers = new HashSet<>();
        for (Shown shown : shown()) {
            RankedAnswer logged = ranking.read(shown);
            assertThat(logged.items()).hasSameSizeAs(shown.getItems()).isNotEmpty();
            NaiveKnowledge known = new NaiveKnowledge(LOG, logged.readings(), of -> Cut.NOTHING);
            Map<String, Ranked> again = new HashMap<>();
            ranking.again(
                            shown,
                            known,
                            logged.ranker().map(version -> ranker(version.version())),
                            logged.vectors().map(version -> vectors(version.version())))
                    .toCompletableFuture()
                    .join()
                    .forEach(item -> again.put(item.name(), item));
            for (Ranked item : logged.items()) {
                assertThat(again.get(item.name()))
                        .as("%s of %s", item.name(), shown)
                        .usingRecursiveComparison()
                        .isEqualTo(item);
            }
            rankers.add(shown.getRanker());
        }
        assertThat(rankers)
                .contains("recommendation-trending", "recommendation-by-rule", "recommendation-1", "recommendation-2");
    }

    private static LoadedModel ranker(long version) {
        try {
            ModelVersion ranking =
                    new SmallModel(RecommendationUseCase.NAME, CandidateFeatures.NAMES, 2f, -1f).version(version);
            return LoadedModel.load(ranking, ranking.getFeatures());
        } catch (UnusableModelException e) {
            throw new AssertionError(e);
        }
    }

    private static VectorsModel vectors(long version) {
        try {
            return VectorsModel.load(vectors(version, version));
        } catch (UnusableModelException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Order(12)
    void whatUsersMadeOfItIsToldByWhatHadRankedIt() {
        long now = System.currentTimeMillis();
        for (int i = 0; i < 4; i++) {
            happens(
                    RecommendationEvents.SHOWN.topic(),
                    Shown.newBuilder()
                            .setAnswerId("a" + i)
                            .setEventTimeMillis(now)
                            .setUserId("ann")
                            .setContext("")
                            .setRanker("recommendation-2")
                            .setVariant("e1.1-challenger-2")
                            .setVectorsVersion(0L)
                            .setItems(List.of("train"))
                            .build());
        }
        happens(
                RecommendationEvents.RESPONSE.topic(),
                new Response(
                        "r1",
                        now,
                        "recommendation-2",
                        "e1.1-challenger-2",
                        "a1",
                        "ann",
                        "train",
                        1,
                        "like",
                        true,
                        true));
        String quality = "/v1/quality/recommendations";
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> given().get(quality)
                        .then()
                        .statusCode(200)
                        .body(
                                "rankers.ranker",
                                equalTo(List.of(
                                        "recommendation-trending",
                                        "recommendation-by-rule",
                                        "recommendation-1",
                                        "recommendation-2")))
                        .body("rankers[3].windows[0].hitRate", equalTo(0.25f)));
        given().get(quality + "?of=e1.1-challenger-2&of=recommendation-1")
                .then()
                .statusCode(200)
                .body("rankers[0].windows.window", equalTo(List.of("1d", "7d", "28d")))
                .body("rankers[0].windows[2].answers", equalTo(4))
                .body("rankers[0].windows[2].turned", equalTo(1))
                .body("rankers[0].windows[2].hits", equalTo(1))
                .body("rankers[0].windows[2].conversionRate", equalTo(0.25f))
                .body("rankers[0].provenance.freshness", notNullValue())
                .body("rankers[1].seen", equalTo(false))
                .body("rankers[1].windows[0].hitRate", nullValue());
        given().queryParam("of", "a\u0001b")
                .get(quality)
                .then()
                .statusCode(400)
                .contentType(Problem.MEDIA_TYPE)
                .body("detail", containsString("of must have 1 to 256 characters"));
    }

    @Test
    @Order(13)
    void whileVersionsAreTriedEachUserIsAnsweredByTheirOwnAndEverybodyElseByTheLiveOne() {
        SmallModel ranking = new SmallModel(RecommendationUseCase.NAME, CandidateFeatures.NAMES, 1f, -2f);
        Experiment experiment = new Experiment(
                RecommendationUseCase.NAME,
                4L,
                1,
                1L,
                1L,
                2L,
                List.of(new ExperimentArm("challenger-1", 1L, List.of(new BucketRange(0, 5_000)))));
        publish(ModelKey.version(RecommendationUseCase.NAME, 1), Wire.MODEL_VERSION.encode(ranking.version(1)));
        publish(ModelKey.experiment(RecommendationUseCase.NAME), Wire.EXPERIMENT.encode(experiment));
        Assignment assignment = new Assignment(experiment);
        List<String> users = List.of("r-1", "r-2", "r-3", "c-1", "c-2", "c-3", "ann");
        assertThat(users)
                .as("somebody of either")
                .anyMatch(user -> assignment.of(user).isPresent())
                .anyMatch(user -> assignment.of(user).isEmpty());

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> users.forEach(user -> {
                    boolean tried = assignment.of(user).isPresent();
                    recommended(user, "?preview=true")
                            .body("models.ranking.version", equalTo(tried ? 1 : 2))
                            .body("models.variant", equalTo(tried ? "e4.1-challenger-1" : "e4.1-champion"));
                }));
        post("/v1/recommendations/group", "{\"users\": [\"r-1\", \"r-2\", \"c-1\"]}")
                .body("models.ranking.version", equalTo(2))
                .body("models.variant", equalTo("champion"));

        publish(ModelKey.experiment(RecommendationUseCase.NAME), null);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> users.forEach(
                        user -> recommended(user, "?preview=true").body("models.variant", equalTo("champion"))));
    }

    private List<Shown> shown() {
        return ShownTopic.read(bootstrapServers);
    }

    /** What ann's vector makes of "train" with the vectors of a version, up to the decay of seconds. */
    private static double expected(int version) {
        Vectors vectors =
                VectorsArtifact.read(Wire.bytes(vectors(version, version).getArtifact()));
        FoldIn.Folded ann = new FoldIn(vectors, 5, 0.5)
                .fold(Map.of("river", 1.0, "cheese", 1.0))
                .orElseThrow();
        return vectors.product(ann.vector(), "train");
    }

    private static ModelVersion vectors(long version, float scale) {
        return vectors(version, scale, 4.0 * scale / 10);
    }

    /** @param greatest what the record says the greatest product with (1, 1) is */
    private static ModelVersion vectors(long version, float scale, double greatest) {
        List<String> names = List.of("river", "train", "cheese", ODD, "old");
        float[] flat = {1, 0.1f, 0.9f, 0.2f, 0.1f, 1, 0.2f, 0.9f, 2, 2};
        for (int i = 0; i < flat.length; i++) {
            flat[i] *= scale / 10;
        }
        byte[] artifact = VectorsArtifact.write(names, 2, flat);
        return new ModelVersion(
                RecommendationUseCase.ITEMS,
                version,
                "implicit-als",
                List.of(),
                Map.of(),
                List.of(),
                Map.of(),
                "test",
                Map.of("alpha", "5", "lambda", "0.5"),
                7L,
                Map.of(),
                1_000L,
                Sha256.of(artifact),
                ByteBuffer.wrap(artifact),
                List.of(new ModelSample(List.of(1.0, 1.0), greatest)),
                null);
    }

    private void publish(ModelKey about, byte[] value) {
        producer.send(new ProducerRecord<>(Topics.MODELS, about.toString().getBytes(StandardCharsets.UTF_8), value));
        producer.flush();
    }

    private void publish(ModelVersion version) {
        publish(ModelKey.live(version.getName()), Wire.MODEL_VERSION.encode(version));
    }

    private static void clicks(String user, String item, String context, String before) {
        long now = System.currentTimeMillis();
        happens(
                RecommendationEvents.INTERACTION.topic(),
                new Interaction("e" + now, now, user, item, "s-" + user, "view", 1_000L, context, before));
    }

    private static void published(String item, boolean available, Map<String, String> attributes) {
        long now = System.currentTimeMillis();
        happens(
                RecommendationEvents.ITEM.topic(),
                new Item(item + (available ? "-1" : "-2"), now, item, available, attributes));
    }

    private static void happens(String topic, SpecificRecord event) {
        Position position = Position.of(topic, 0, NEXT.merge(topic, 1L, Long::sum));
        LOG.add(new NaiveFold.Entry(position, System.currentTimeMillis(), event));
        VIEWS.forEach(view -> view.happens(position, event));
        producer.flush();
    }

    private static ValidatableResponse recommended(String user, String query) {
        return given().get("/v1/recommendations/" + user + query).then();
    }

    private static List<String> items(String user, String query) {
        return recommended(user, query).statusCode(200).extract().jsonPath().getList("items.itemId", String.class);
    }

    private static ValidatableResponse post(String path, String body) {
        return given().contentType(ContentType.JSON).body(body).post(path).then();
    }
}
