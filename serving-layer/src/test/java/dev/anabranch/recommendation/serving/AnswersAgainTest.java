package dev.anabranch.recommendation.serving;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.ranking.Ranked;
import dev.anabranch.ranking.RankedAnswer;
import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.Item;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.recommendation.RecommendationRanking;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.recommendation.Shown;
import dev.anabranch.serving.TestBroker;
import dev.anabranch.serving.WrittenView;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.Readings;
import dev.anabranch.view.oracle.NaiveFold;
import dev.anabranch.view.oracle.NaiveKnowledge;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** What this layer answers where no team's own rescorer has a say, beside the same made again by the naive fold over the log. */
@QuarkusTest
@WithTestResource(TestBroker.class)
@TestProfile(AnswersAgainTest.WithoutHooks.class)
class AnswersAgainTest {
    private static final int USERS = 12;
    private static final int ITEMS = 25;
    private static final int BLOCK = 1_024;
    private static final RecommendationRanking RANKING = new RecommendationRanking();

    @ConfigProperty(name = "anabranch.kafka.bootstrap-servers")
    String bootstrapServers;

    private final Random random = new Random(31);
    private final List<NaiveFold.Entry> log = new ArrayList<>();
    private final List<WrittenView<?>> views = new ArrayList<>();
    private final Map<String, Long> next = new HashMap<>();
    private final Map<Long, Cut> cuts = new HashMap<>(Map.of(0L, Cut.NOTHING));

    /** The one that other tests have is no bean here. */
    public static final class WithoutHooks implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.arc.exclude-types", UnluckyNumber.class.getName());
        }
    }

    @Test
    void everyAnswerIsTheSameAgainItemByItemInItsOrderBeforeAGenerationAndPastIt() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().get("/q/health/ready").then().statusCode(200));
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            new RecommendationUseCase().views().forEach(view -> views.add(new WrittenView<>(view, producer)));
            happen(200, 0);
            producer.flush();
            Set<String> asked = new HashSet<>();
            for (int user = 0; user < USERS; user++) {
                String path = "/v1/recommendations/u-" + user + "?n=3";
                await().atMost(Duration.ofSeconds(60)).until(() -> asked.addAll(ask(path)));
            }
            happen(200, BLOCK);
            publish(1);
            producer.flush();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> given().get("/v1/views/recommendation.user/u-0")
                                    .jsonPath()
                                    .getLong("provenance.generation")
                            == 1);
            happen(50, BLOCK);
            producer.flush();
            for (int user = 0; user <= USERS; user++) { // the last of them did nothing
                asked.addAll(ask("/v1/recommendations/u-" + user + "?n=" + (1 + user) + "&context=web"));
                asked.addAll(ask("/v1/recommendations/u-" + user + "?exclude-seen=false&filter=topic:t-1"));
            }
            List<Shown> shown = new ArrayList<>();
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                shown.clear();
                shown.addAll(ShownTopic.read(bootstrapServers));
                return shown.stream().map(Shown::getAnswerId).toList().containsAll(asked);
            });
            shown.forEach(this::isTheSameAgain);
            assertThat(shown).hasSizeGreaterThan(USERS);
            assertThat(shown).noneMatch(Shown::getRescored);
            assertThat(shown.stream()
                            .flatMap(each -> each.getReadings().stream())
                            .map(each -> each.getGeneration()))
                    .contains(0L, 1L);
        }
    }

    private void isTheSameAgain(Shown shown) {
        RankedAnswer logged = RANKING.read(shown);
        NaiveKnowledge then = new NaiveKnowledge(log, logged.readings(), this::cut);
        List<Ranked> again = RANKING.again(shown, then, Optional.empty(), Optional.empty())
                .toCompletableFuture()
                .join();

        assertThat(again)
                .as(shown.getAnswerId() + " to " + shown.getUserId())
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(logged.items());
    }

    private Cut cut(Readings.Entry reading) {
        return cuts.get(reading.generation());
    }

    /** Asks, and gives the name of the answer; none when nothing was there to be shown. */
    private static Set<String> ask(String path) {
        String name = given().urlEncodingEnabled(false)
                .get(path)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getString("answerId");
        return new HashSet<>(name == null ? Set.of() : Set.of(name));
    }

    /** @param from no offset is below it */
    private void happen(int events, long from) {
        for (int i = 0; i < events; i++) {
            int number = log.size();
            long at = System.currentTimeMillis() - random.nextInt(86_400_000);
            String item = "i-" + random.nextInt(ITEMS);
            String before = "i-" + random.nextInt(ITEMS);
            if (number % 8 == 0) {
                append(
                        RecommendationEvents.ITEM.topic(),
                        from,
                        new Item("c-" + number, at, item, random.nextInt(5) > 0, Map.of("topic", "t-" + number % 3)));
            } else {
                String user = "u-" + random.nextInt(USERS);
                append(
                        RecommendationEvents.INTERACTION.topic(),
                        from,
                        new Interaction(
                                "e-" + number,
                                at,
                                user,
                                item,
                                "s-" + user,
                                RecommendationEvents.TYPES.get(random.nextInt(3)),
                                1L + random.nextInt(3_000),
                                random.nextBoolean() ? "" : "web",
                                random.nextBoolean() || before.equals(item) ? "" : before));
            }
        }
    }

    private void append(String topic, long from, SpecificRecord event) {
        long offset = Math.max(from, next.getOrDefault(topic, 0L));
        next.put(topic, offset + 1);
        Position position = Position.of(topic, 0, offset);
        log.add(new NaiveFold.Entry(position, System.currentTimeMillis(), event));
        views.forEach(view -> view.happens(position, event));
    }

    /** Of everything before the second block. */
    private void publish(long generation) {
        Cut cut = Cut.of(Map.of(
                new Origin(RecommendationEvents.INTERACTION.topic(), 0), (long) BLOCK,
                new Origin(RecommendationEvents.ITEM.topic(), 0), (long) BLOCK));
        cuts.put(generation, cut);
        for (WrittenView<?> view : views) {
            view.publish(generation, cut, Cut.NOTHING, 0, System.currentTimeMillis());
        }
    }
}
