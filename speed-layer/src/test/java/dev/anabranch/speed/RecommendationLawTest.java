package dev.anabranch.speed;

import static dev.anabranch.recommendation.RecommendationEvents.INTERACTION;
import static dev.anabranch.recommendation.RecommendationEvents.ITEM;
import static dev.anabranch.recommendation.RecommendationEvents.SHOWN;
import static dev.anabranch.recommendation.RecommendationEvents.TYPES;

import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.Item;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.recommendation.RecommendationViews;
import dev.anabranch.recommendation.Shown;
import dev.anabranch.recommendation.speed.RecommendationPath;
import dev.anabranch.view.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.apache.kafka.common.utils.Utils;

/**
 * The second use case through the same topology: views that travel four ways from one topic, events about two entities of
 * one view, two views on one journey, events that follow from others. Merged they equal the naive fold, whatever is late or published when.
 */
class RecommendationLawTest {
    private static final long SPAN = Duration.ofDays(20).toMillis();
    private static final List<String> USERS = List.of("u-1", "u-2");
    private static final List<String> ITEMS = List.of("i-1", "i-2", "i/3 ☂");
    private static final List<String> ARMS = List.of("champion", "e1.1-champion", "e1.1-challenger-2");
    private static final List<String> SESSIONS = List.of("s-1", "s-2");

    @Property(tries = 8, shrinking = ShrinkingMode.OFF)
    void mergedViewsEqualTheNaiveFold(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        Path state = Files.createTempDirectory("recommendation-law");
        try (Rig rig = new Rig(new RecommendationUseCase(), new RecommendationPath(), state)) {
            List<PacedReader<?>> readers = new ArrayList<>();
            new RecommendationUseCase()
                    .views()
                    .forEach(view -> readers.add(new PacedReader<>(rig, view, entities(view), SPAN)));
            long now = Rig.START.toEpochMilli();
            int steps = 60 + random.nextInt(60);
            for (int step = 0; step < steps; step++) {
                now += (long) (random.nextDouble() * 2 * SPAN / steps);
                switch (random.nextInt(8)) {
                    case 0 -> any(random, readers).publish(random, now);
                    case 1 -> any(random, readers).check(random, now);
                    case 2 -> rig.event(ITEM, item(random, step, late(random, now)), now);
                    case 3, 4 -> rig.event(SHOWN, shown(random, step, late(random, now)), now);
                    default -> rig.event(INTERACTION, interaction(random, step, late(random, now)), now);
                }
            }
            for (PacedReader<?> reader : readers) {
                reader.catchUp(now + Duration.ofDays(1).toMillis());
            }
        } finally {
            Utils.delete(state.toFile());
        }
    }

    private static Interaction interaction(Random random, int step, long atMillis) {
        String item = any(random, ITEMS);
        String before = any(random, ITEMS);
        return new Interaction(
                "e" + step,
                atMillis,
                any(random, USERS),
                item,
                any(random, SESSIONS),
                any(random, TYPES),
                1L + random.nextInt(5_000),
                random.nextBoolean() ? "" : "web",
                before.equals(item) ? "" : before);
    }

    private static Shown shown(Random random, int step, long atMillis) {
        String variant = any(random, ARMS);
        return Shown.newBuilder()
                .setAnswerId("a" + step)
                .setEventTimeMillis(atMillis)
                .setUserId(any(random, USERS))
                .setContext("")
                .setRanker("recommendation-" + (1 + random.nextInt(2)))
                .setVariant(variant)
                .setVectorsVersion(1L)
                .setItems(ITEMS.subList(0, 1 + random.nextInt(ITEMS.size())))
                .build();
    }

    private static Item item(Random random, int step, long atMillis) {
        return new Item("c" + step, atMillis, any(random, ITEMS), random.nextBoolean(), Map.of("kind", "k" + step));
    }

    private static long late(Random random, long now) {
        return random.nextInt(3) == 0 ? now - (long) (random.nextDouble() * SPAN / 2) : now;
    }

    private static List<String> entities(View<?> view) {
        return switch (view.name()) {
            case "recommendation.user", "recommendation.shown" -> USERS;
            case "recommendation.quality" ->
                List.of("recommendation-1", "recommendation-2", "e1.1-champion", "e1.1-challenger-2");
            case "recommendation.session" -> SESSIONS;
            case "recommendation.trending" -> {
                List<String> shards = new ArrayList<>(RecommendationViews.trending(""));
                shards.addAll(RecommendationViews.trending("web"));
                yield shards;
            }
            default -> ITEMS;
        };
    }

    private static <T> T any(Random random, List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
