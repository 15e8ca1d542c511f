package dev.anabranch.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.anabranch.aggregate.ByKey;
import dev.anabranch.aggregate.Decayed;
import dev.anabranch.contract.Topics;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.recommendation.RecommendationViews;
import dev.anabranch.view.Contribution;
import dev.anabranch.view.Cut;
import dev.anabranch.view.MemoryKeyValues;
import dev.anabranch.view.Position;
import dev.anabranch.view.ReadingSums;
import dev.anabranch.view.SpeedWriter;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewReader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class RememberedSumsTest {
    /** Keeps nothing. */
    static final RememberedSums NONE = new RememberedSums(0, Ticker.disabledTicker());

    private static final View<ByKey<Decayed>> VIEW = RecommendationViews.TRENDING;
    private static final long NOW = Duration.ofDays(20_000).toMillis();
    private static final int ENTITIES = 50;
    private static final int CELLS = 20;

    private final AtomicLong now = new AtomicLong(); // in nanoseconds

    @Test
    void sumsAreKeptOfViewsWhoseWindowsStayForAWhile() {
        RememberedSums sums = new RememberedSums(1 << 20, now::get);

        assertThat(sums.of(VIEW)).isSameAs(sums);
        assertThat(sums.of(FraudViews.CUSTOMER)).as("its windows are exact").isSameAs(ReadingSums.Keeper.NONE);
        assertThat(NONE.of(VIEW)).as("no room").isSameAs(ReadingSums.Keeper.NONE);
    }

    @Test
    void noMoreIsKeptThanThereIsRoomFor() {
        RememberedSums roomy = new RememberedSums(1 << 24, now::get);
        read(roomy);
        assertThat(kept(roomy)).isEqualTo(ENTITIES);

        RememberedSums narrow =
                new RememberedSums(10L * roomy.kept(VIEW, entity(0)).bytes(), now::get);
        read(narrow);

        await().untilAsserted(() -> assertThat(kept(narrow)).isBetween(1, 10));
    }

    @Test
    void whatNobodyAsksAboutIsForgottenAfterAWhile() {
        RememberedSums sums = new RememberedSums(1 << 24, now::get);
        read(sums);

        now.addAndGet(Duration.ofMinutes(9).toNanos());
        assertThat(sums.kept(VIEW, entity(0))).isNotNull();
        now.addAndGet(Duration.ofMinutes(9).toNanos());

        assertThat(kept(sums)).as("the one that was asked about").isEqualTo(1);
    }

    @Test
    void whoeverAsksAPartitionIsSparedWhatTheOneBeforeHasAddedUp() {
        RememberedSums sums = new RememberedSums(1 << 24, now::get);
        Partitions partitions = new Partitions(List.of(VIEW), sums);
        partitions.opened(new TopicPartition(Topics.batchView(VIEW.name()), 0), new MemoryKeyValues());
        partitions.opened(new TopicPartition(Topics.speedView(VIEW.name()), 0), cells());

        partitions.find(VIEW, 0).answer(entity(0), VIEW.endOfTile(NOW));

        assertThat(kept(sums)).isEqualTo(1);
    }

    private static MemoryKeyValues cells() {
        MemoryKeyValues cells = new MemoryKeyValues();
        SpeedWriter<ByKey<Decayed>> writer = new SpeedWriter<>(VIEW, cells);
        for (int cell = 0; cell < CELLS; cell++) {
            for (int i = 0; i < ENTITIES; i++) {
                Decayed one = Decayed.of(1, NOW, RecommendationViews.TRENDING_HALF_LIFE);
                writer.fold(
                        new Contribution<>(entity(i), VIEW.tileStart(NOW), ByKey.one("item-" + cell, one)),
                        Position.of(RecommendationEvents.INTERACTION.topic(), 0, cell * Cut.BLOCK + i));
            }
        }
        return cells;
    }

    private static void read(RememberedSums sums) {
        ViewReader<ByKey<Decayed>> reader = new ViewReader<>(VIEW, new MemoryKeyValues(), cells(), sums);
        for (int i = 0; i < ENTITIES; i++) {
            assertThat(reader.read(entity(i), VIEW.endOfTile(NOW))
                            .merged()
                            .get(0)
                            .size())
                    .isEqualTo(CELLS);
        }
    }

    private static int kept(RememberedSums sums) {
        return (int) IntStream.range(0, ENTITIES)
                .filter(i -> sums.kept(VIEW, entity(i)) != null)
                .count();
    }

    private static String entity(int number) {
        return number + ":web";
    }
}
