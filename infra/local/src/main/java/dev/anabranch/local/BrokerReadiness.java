package dev.anabranch.local;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** The broker is ready when it answers an admin client. */
final class BrokerReadiness implements Readiness {
    private final String bootstrapServers;

    BrokerReadiness(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    @Override
    public Optional<String> missing() {
        if (!accepts()) {
            return Optional.of("no answer from " + bootstrapServers);
        }
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            admin.describeCluster().nodes().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
            return Optional.empty();
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
        int colon = bootstrapServers.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            InetSocketAddress address = new InetSocketAddress(
                    bootstrapServers.substring(0, colon), Integer.parseInt(bootstrapServers.substring(colon + 1)));
            socket.connect(address, TIMEOUT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
