package dev.anabranch.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.contract.Topics;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.serving.Places.Sharing;
import dev.anabranch.view.MemoryKeyValues;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.state.HostInfo;
import org.junit.jupiter.api.Test;

class PlacesTest {
    private static final TopicPartition BATCH = new TopicPartition(Topics.batchView("fraud.customer"), 2);
    private static final TopicPartition SPEED = new TopicPartition(Topics.speedView("fraud.customer"), 2);
    private static final HostInfo SELF = new HostInfo("here", 1);
    private static final HostInfo OTHER = new HostInfo("there", 2);
    private static final HostInfo THIRD = new HostInfo("elsewhere", 3);

    private final Partitions partitions = new Partitions(List.of(FraudViews.CUSTOMER), RememberedSumsTest.NONE);
    private final Map<TopicPartition, Long> ends = new HashMap<>(Map.of(BATCH, 10L, SPEED, 20L));
    private final Places places = new Places(SELF, partitions, source -> source.equals(BATCH) ? 10 : 7, ends::get);
    private final MemoryKeyValues batch = new MemoryKeyValues();
    private final MemoryKeyValues speed = new MemoryKeyValues();

    @Test
    void aPartitionThatIsKeptHereAndCompleteIsAnsweredHereAndNobodyIsAskedWhoKeepsIt() {
        KeptPartition<CustomerActivity> kept = open();
        complete(kept);
        kept.active(true);

        assertThat(places.find(FraudViews.CUSTOMER, 2, () -> {
                    throw new AssertionError("It is here");
                }))
                .isEqualTo(new Place.Here<>(kept));
    }

    @Test
    void whileAPartitionIsReadItIsNotAnsweredFromAndWhatIsMissingIsTold() {
        open().active(true);

        assertThat(find(Sharing.of(SELF, List.of())))
                .isEqualTo(new Place.Nowhere<>("This replica is still reading partition 2 of fraud.customer: " + BATCH
                        + " at 10 of 10, " + SPEED + " at 7 of 20"));
    }

    @Test
    void onlyTheFirstHalfOfAPartitionIsNoPartition() {
        partitions.opened(BATCH, batch);

        assertThat(partitions.find(FraudViews.CUSTOMER, 2)).isNull();
        assertThat(find(Sharing.of(SELF, List.of())))
                .isEqualTo(new Place.Nowhere<>("This replica is about to read partition 2 of fraud.customer"));
    }

    @Test
    void aPartitionThatNobodyIsKnownToKeepIsNotAnsweredAndTheReasonIsTold() {
        assertThat(find(Sharing.none("they are being shared out")))
                .isEqualTo(new Place.Nowhere<>(
                        "No replica is known to keep partition 2 of fraud.customer: they are being shared out"));
    }

    @Test
    void anotherReplicasPartitionIsAskedThereWithTheCopiesBehindIt() {
        KeptPartition<CustomerActivity> copy = open();

        assertThat(find(Sharing.of(OTHER, List.of(SELF, THIRD))))
                .as("an incomplete copy is none")
                .isEqualTo(new Place.There<CustomerActivity>(OTHER, Optional.empty(), List.of(THIRD)));
        complete(copy);
        assertThat(find(Sharing.of(OTHER, List.of(SELF, THIRD))))
                .isEqualTo(new Place.There<>(OTHER, Optional.of(copy), List.of(THIRD)));
    }

    @Test
    void aCompleteCopyAnswersWhenNobodyIsKnownToKeepThePartition() {
        KeptPartition<CustomerActivity> copy = open();
        complete(copy);

        assertThat(find(Sharing.none("following the views is ERROR"))).isEqualTo(new Place.Here<>(copy));
        assertThat(copy.answer("ann", 1).standby()).isTrue();
    }

    @Test
    void aPartitionThatMustBeReadAgainIsAnsweredFromWhatItWasUntilItIsComplete() {
        KeptPartition<CustomerActivity> before = open();
        complete(before);
        before.active(true);
        partitions.closed(BATCH, batch);
        partitions.closed(SPEED, speed);

        assertThat(find(Sharing.none("they are being shared out"))).isEqualTo(new Place.Here<>(before));
        assertThat(before.answer("ann", 1).standby()).isTrue();

        MemoryKeyValues batchAgain = new MemoryKeyValues();
        partitions.opened(BATCH, batchAgain);
        partitions.opened(SPEED, new MemoryKeyValues());
        partitions.closed(BATCH, batch); // late, of the store before
        KeptPartition<CustomerActivity> again = partitions.find(FraudViews.CUSTOMER, 2);
        again.active(true);
        assertThat(find(Sharing.of(SELF, List.of()))).isEqualTo(new Place.Here<>(before));

        complete(again);
        assertThat(find(Sharing.of(SELF, List.of()))).isEqualTo(new Place.Here<>(again));
        partitions.forget(Long.MIN_VALUE / 2);
        assertThat(partitions.former(FraudViews.CUSTOMER, 2)).isEmpty();
    }

    @Test
    void aPartitionThatHasGoneElsewhereIsForgottenAfterAWhile() {
        complete(open());
        partitions.closed(SPEED, speed);
        assertThat(partitions.former(FraudViews.CUSTOMER, 2)).isPresent();

        partitions.forget(System.nanoTime() + 1);

        assertThat(partitions.former(FraudViews.CUSTOMER, 2)).isEmpty();
    }

    private Place<CustomerActivity> find(Sharing sharing) {
        return places.find(FraudViews.CUSTOMER, 2, () -> sharing);
    }

    private KeptPartition<CustomerActivity> open() {
        partitions.opened(BATCH, batch);
        partitions.opened(SPEED, speed);
        return partitions.find(FraudViews.CUSTOMER, 2);
    }

    private void complete(KeptPartition<?> kept) {
        kept.look(kept.goal(), ends, (source, end) -> true);
    }
}
