package dev.anabranch.simulator;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.event.EventType;
import dev.anabranch.fraud.FraudEvents;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventProducerTest {
    private static final List<EventType<?>> TYPES = List.of(FraudEvents.TRANSACTION);

    @Test
    void aBrokerThatIsDownIsNamedAfterABoundedWait() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        assertThatThrownBy(() -> connect("127.0.0.1:" + free))
                .isInstanceOf(NotPublishedException.class)
                .hasMessageStartingWith("Kafka at 127.0.0.1:" + free + " must answer within 1 s, got: ");
    }

    @Test
    void anAddressThatIsNoneIsNamed() {
        assertThatThrownBy(() -> connect("nonsense"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Bootstrap servers must be a list of host:port, got 'nonsense': ");
    }

    private static EventProducer connect(String bootstrapServers) {
        return EventProducer.connect(
                bootstrapServers, TYPES, EventProducer.Tuning.BULK, PublishListener.NONE, Duration.ofSeconds(1));
    }
}
