package dev.anabranch.local;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** Brokers are ready when one of those named answers an admin client, and as many have shown themselves as are needed. */
final class BrokerReadiness implements Readiness {
    private final String bootstrapServers;
    private final int least;

    BrokerReadiness(String bootstrapServers) {
        this(bootstrapServers, 1);
    }

    /**
     * For what is kept on several brokers.
     *
     * @param bootstrapServers host:port, separated by commas
     * @param least            how many there must be
     */
    BrokerReadiness(String bootstrapServers, int least) {
        this.bootstrapServers = bootstrapServers;
        this.least = least;
    }

    @Override
    public Optional<String> missing() {
        if (!accepts()) {
            return Optional.of("no answer from " + bootstrapServers);
        }
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            int there = admin.describeCluster()
                    .nodes()
                    .get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                    .size();
            return there < least
                    ? Optional.of("of " + least + " brokers that keep a copy of each partition " + there + " are there")
                    : Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of(String.valueOf(e.getCause().getMessage()));
        } catch (TimeoutException e) {
            return Optional.of("no answer from " + bootstrapServers + " within " + TIMEOUT_MILLIS + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    /** A plain connection is cheaper to try again and again than a client. */
    private boolean accepts() {
        return Arrays.stream(bootstrapServers.split(",")).anyMatch(server -> accepts(server.strip()));
    }

    private static boolean accepts(String server) {
        int colon = server.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            InetSocketAddress address =
                    new InetSocketAddress(server.substring(0, colon), Integer.parseInt(server.substring(colon + 1)));
            socket.connect(address, TIMEOUT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
