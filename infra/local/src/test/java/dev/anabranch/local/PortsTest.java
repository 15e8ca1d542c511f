package dev.anabranch.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortsTest {
    @Test
    void aPortInUseIsNamedWithWhatItIsForAndHowToChooseAnother() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(Ports.HOST))) {
            Ports ports = new Ports(1, 2, taken.getLocalPort(), 4, 5, 6);
            assertThatThrownBy(() -> ports.requireFree(List.of("serving")))
                    .isInstanceOf(Problem.class)
                    .hasMessageStartingWith("Port " + taken.getLocalPort() + " for the serving is in use")
                    .hasMessageContaining("--port-serving");
        }
    }

    @Test
    void aPortNobodyIsGoingToBindMayBeInUse() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(Ports.HOST))) {
            Ports ports = new Ports(1, 2, taken.getLocalPort(), 4, 5, 6);
            assertThatCode(() -> ports.requireFree(List.of())).doesNotThrowAnyException();
        }
    }

    @Test
    void twoProcessesCannotShareAPort() {
        assertThatThrownBy(() -> new Ports(9000, 9001, 9002, 9003, 9000, 9005))
                .isInstanceOf(Problem.class)
                .hasMessage("Every process must have a port of its own, got 9000 for [broker, speed]");
    }

    @Test
    void aPortOutOfRangeIsNamed() {
        assertThatThrownBy(() -> new Ports(9000, 9001, 70_000, 9003, 9004, 9005))
                .isInstanceOf(Problem.class)
                .hasMessage("The port of serving must be between 1 and 65535, got 70000");
    }

    @Test
    void theBootstrapServersAreOnLoopback() {
        assertThat(new Ports(19092, 2, 3, 4, 5, 6).bootstrapServers()).isEqualTo("127.0.0.1:19092");
    }
}
