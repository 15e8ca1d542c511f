package dev.anabranch.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.contract.BatchFooter;
import dev.anabranch.contract.BatchHeader;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.view.Contribution;
import dev.anabranch.view.KeyValues;
import dev.anabranch.view.MemoryKeyValues;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.ReadingSums;
import dev.anabranch.view.SpeedWriter;
import dev.anabranch.view.ViewKeys;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class KeptPartitionTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final TopicPartition BATCH = new TopicPartition(Topics.batchView("fraud.customer"), 0);
    private static final TopicPartition SPEED = new TopicPartition(Topics.speedView("fraud.customer"), 0);
    private static final Map<TopicPartition, Long> ENDS = Map.of(BATCH, 10L, SPEED, 20L);

    private final MemoryKeyValues batch = new MemoryKeyValues();
    private final MemoryKeyValues speed = new MemoryKeyValues();
    private final SpeedWriter<CustomerActivity> writer = new SpeedWriter<>(FraudViews.CUSTOMER, speed);
    private final KeptPartition<CustomerActivity> partition = kept(speed);

    @Test
    void itIsCompleteWhenBothTopicsWereReadAsFarAsTheyReachedWhenFirstLookedAt() {
        KeptPartition.Goal goal = partition.goal();

        partition.look(goal, ENDS, (source, end) -> source.equals(BATCH));
        assertThat(partition.complete()).isFalse();
        partition.look(goal, Map.of(BATCH, 100L, SPEED, 200L), (source, end) -> end <= 20);
        assertThat(partition.complete()).isTrue();
    }

    @Test
    void havingReadTooLateItIsNotCompleteUntilItHasComeToAnEndThatWasAskedForAfterwards() {
        KeptPartition.Goal before = partition.goal();
        partition.look(before, ENDS, (source, end) -> true);

        partition.fellBehind();

        assertThat(partition.complete()).isFalse();
        partition.look(before, ENDS, (source, end) -> true); // these ends are from before
        assertThat(partition.complete()).isFalse();
        partition.look(partition.goal(), ENDS, (source, end) -> true);
        assertThat(partition.complete()).isTrue();
    }

    @Test
    void aSignOfLifeDoesNotVouchForEventsThatTheReadingHasMissed() {
        writer.progress(NOW - 5_000, 0);
        // While a query reads, the speed layer folds an event and says that it lives.
        KeptPartition<CustomerActivity> overtaken = kept(new Overtaken(() -> {
            pays(7);
            writer.progress(NOW, NOW);
        }));

        Answer<CustomerActivity> answer = overtaken.answer("ann", NOW + 1);

        assertThat(answer.reading().last()).isEmpty();
        assertThat(answer.freshness().atMillis()).isEqualTo(NOW - 5_000);
        assertThat(overtaken.answer("ann", NOW + 1).freshness().atMillis()).isEqualTo(NOW);
    }

    @Test
    void aGenerationOfAnotherDeclarationIsNotExactAndSaysSo() {
        pays(7);
        batch.put(
                ViewKeys.header(3),
                Wire.BATCH_HEADER.encode(new BatchHeader("fraud.customer", 3L, List.of(), 0L, "other", NOW)));
        batch.put(ViewKeys.FOOTER, Wire.BATCH_FOOTER.encode(new BatchFooter(3L, List.of())));

        assertThat(partition.answer("ann", NOW + 1).reading().inexact())
                .hasValueSatisfying(why -> assertThat(why).contains("Generation 3", "was made by another declaration"));
    }

    private void pays(long offset) {
        writer.fold(
                new Contribution<>("ann", NOW, new CustomerActivity(1, 100)),
                new Position(new Origin(FraudEvents.TRANSACTION.topic(), 0), offset));
    }

    private KeptPartition<CustomerActivity> kept(KeyValues speed) {
        return new KeptPartition<>(FraudViews.CUSTOMER, 0, batch, speed, ReadingSums.Keeper.NONE);
    }

    /** The speed view, of which the writer gets ahead once, right after the cells of an entity were scanned. */
    private final class Overtaken implements KeyValues {
        private Runnable ahead;

        Overtaken(Runnable ahead) {
            this.ahead = ahead;
        }

        @Override
        public byte[] get(byte[] key) {
            return speed.get(key);
        }

        @Override
        public void scan(byte[] prefix, BiConsumer<byte[], byte[]> each) {
            speed.scan(prefix, each);
            Runnable once = ahead;
            ahead = () -> {};
            once.run();
        }
    }
}
