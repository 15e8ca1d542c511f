package dev.anabranch.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SpeedClientsTest {
    @Test
    void theRandomPartOfATransactionalIdGivesWayToTheNameAndTheThreadStays() {
        Map<String, Object> given =
                Map.of("transactional.id", "speed.fraud-0b1a-22-c3-7", "client.id", "a", "acks", "all");

        assertThat(SpeedClients.named(given, "speed.fraud-host-1"))
                .isEqualTo(Map.of("transactional.id", "speed.fraud-host-1-7", "client.id", "a", "acks", "all"));
    }

    @Test
    void aProducerWithoutTransactionsIsNotMade() {
        assertThatThrownBy(() -> SpeedClients.named(Map.of("client.id", "a"), "i"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be transactional, got a");
    }
}
