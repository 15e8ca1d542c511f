package dev.anabranch.faults.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.local.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LinkTest {
    private static final int NEVER_MILLIS = 300;

    private ServerSocket broker;
    private Link link;

    /** A broker that says what it is told. */
    @BeforeEach
    void start() throws IOException {
        broker = new ServerSocket(0, 50, InetAddress.getByName(Ports.HOST));
        link = new Link(0, broker.getLocalPort());
        Thread echo = new Thread(() -> {
            while (!broker.isClosed()) {
                try {
                    Socket client = broker.accept();
                    Thread one = new Thread(() -> echo(client));
                    one.setDaemon(true);
                    one.start();
                } catch (IOException e) {
                    return; // the test is over
                }
            }
        });
        echo.setDaemon(true);
        echo.start();
    }

    private static void echo(Socket client) {
        try (client) {
            client.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException e) {
            return; // the link was cut
        }
    }

    @AfterEach
    void stop() throws IOException {
        link.close();
        broker.close();
    }

    @Test
    void passesOnWhatBothSidesSay() throws IOException {
        try (Socket client = connect()) {
            assertThat(echoOf(client, 42)).isEqualTo(42);
        }
    }

    @Test
    void aCutEndsEveryConnectionAndTakesNoNewOne() throws IOException {
        try (Socket client = connect()) {
            assertThat(echoOf(client, 1)).isEqualTo(1);
            link.become(Link.Quality.CUT);
            assertEnded(client);
        }
        try (Socket another = connect()) {
            assertEnded(another);
        }
        link.become(Link.Quality.GOOD);
        try (Socket third = connect()) {
            assertThat(echoOf(third, 3)).isEqualTo(3);
        }
    }

    @Test
    void aHalfOpenLinkSaysNothingUntilItIsWellAgain() throws IOException {
        try (Socket client = connect()) {
            assertThat(echoOf(client, 1)).isEqualTo(1);
            link.become(Link.Quality.HALF_OPEN);
            client.getOutputStream().write(2);
            client.setSoTimeout(NEVER_MILLIS);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            link.become(Link.Quality.GOOD);
            client.setSoTimeout(0);
            assertThat(client.getInputStream().read()).isEqualTo(2);
        }
    }

    @Test
    void aSlowLinkHoldsUpWhatItPassesOn() throws IOException {
        link.become(Link.Quality.SLOW);
        try (Socket client = connect()) {
            long start = System.nanoTime();
            assertThat(echoOf(client, 7)).isEqualTo(7);
            assertThat(System.nanoTime() - start).isGreaterThan(100_000_000L); // there and back
        }
    }

    private Socket connect() throws IOException {
        return new Socket(Ports.HOST, link.port());
    }

    private static int echoOf(Socket client, int said) throws IOException {
        client.getOutputStream().write(said);
        return client.getInputStream().read();
    }

    private static void assertEnded(Socket client) {
        int read;
        try {
            read = client.getInputStream().read();
        } catch (IOException e) {
            read = -1; // reset is as good an end
        }
        assertThat(read).isEqualTo(-1);
    }
}
