package dev.anabranch.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.process.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BrokersTest {
    @Test
    @Timeout(30)
    void aBrokerThatDoesNotAnswerIsToldSoonAfterPatienceIsOver() throws IOException {
        String closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = "127.0.0.1:" + socket.getLocalPort();
        }
        assertThatThrownBy(() -> Brokers.await(closed, List.of("events.t"), Duration.ofSeconds(1)))
                .isInstanceOf(Brokers.UnreachableException.class)
                .hasMessageContaining("Kafka must answer at " + closed + ", no answer in 1 s")
                .hasMessageContaining("(anabranch.kafka.bootstrap-servers)");
    }

    @Test
    @Timeout(30)
    void aHostThatNobodyKnowsIsTold() {
        assertThatThrownBy(() -> Brokers.await("no-such-host.invalid:9092", List.of("events.t"), Duration.ofSeconds(1)))
                .isInstanceOf(Brokers.UnreachableException.class)
                .hasMessageContaining("Kafka cannot be at no-such-host.invalid:9092: ")
                .hasMessageContaining("(anabranch.kafka.bootstrap-servers)");
    }

    @Test
    void howLongPatienceLastsIsASetting() {
        System.setProperty("anabranch.kafka.start-wait", "PT7S");
        try {
            assertThat(Settings.read(PlatformConfig.class).kafka().startWait()).isEqualTo(Duration.ofSeconds(7));
        } finally {
            System.clearProperty("anabranch.kafka.start-wait");
        }
        assertThat(Settings.read(PlatformConfig.class).kafka().startWait()).isEqualTo(Duration.ofSeconds(60));
    }
}
