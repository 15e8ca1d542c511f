package dev.anabranch.fraud.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.event.Admission;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.Transaction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FraudTrafficTest {
    private static final long NOW = 1_790_000_000_000L;

    private final FraudTraffic traffic = new FraudTraffic();

    @Test
    void anEventIsKnownAgainByItsNumber() {
        assertThat(traffic.numberOf(traffic.event(123_456, NOW))).isEqualTo(123_456);
        assertThat(traffic.event(5, NOW)).isEqualTo(traffic.event(5, NOW)).isNotEqualTo(traffic.event(6, NOW));
    }

    @Test
    void whatALaterVersionOfTheProducerWritesIsTheSameEvent() {
        Transaction event = (Transaction) traffic.event(17, NOW);
        byte[] key = event.getCustomerId().getBytes(StandardCharsets.UTF_8);
        assertThat(traffic.newer(17, NOW)).isNotEqualTo(FraudEvents.TRANSACTION.encode(event));
        assertThat(FraudEvents.TRANSACTION.admit(key, traffic.newer(17, NOW), NOW))
                .isEqualTo(new Admission.Admitted<>(event));
    }

    @Test
    void aFindingFollowsOnceThePaymentIsOldEnough() {
        assertThat(traffic.followUp(1, NOW - Duration.ofDays(6).toMillis(), NOW))
                .isNull();
        var label = traffic.followUp(1, NOW - Duration.ofDays(8).toMillis(), NOW);
        assertThat(label.type()).isSameAs(FraudEvents.FRAUD_LABEL);
    }

    @Test
    void everyEntityAnEventIsAboutIsAmongTheEntities() {
        for (long number = 0; number < 1_000; number++) {
            traffic.entitiesOf(number)
                    .forEach((view, entity) ->
                            assertThat(traffic.entities().get(view)).contains(entity));
        }
    }
}
