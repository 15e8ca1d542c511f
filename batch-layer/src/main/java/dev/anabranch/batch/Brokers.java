package dev.anabranch.batch;

import java.time.Duration;
import java.util.Collection;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;

/** Waits, for a bounded time, until a broker is there with the topics a process needs. */
public final class Brokers {
    private static final int ASK_MILLIS = 2_000;

    private Brokers() {}

    /** The broker, or a topic on it, did not appear in time. The message is meant for the operator. */
    public static final class UnreachableException extends RuntimeException {
        UnreachableException(String message) {
            super(message);
        }
    }

    /**
     * @throws UnreachableException when no broker answers, or a topic is missing, for as long as {@code patience}
     */
    public static void await(String bootstrapServers, Collection<String> topics, Duration patience)
            throws InterruptedException {
        Properties properties = new Properties();
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        // A client that is closed first waits for what it has asked, for a minute unless told otherwise.
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ASK_MILLIS);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ASK_MILLIS);
        long deadline = System.nanoTime() + patience.toNanos();
        try (Admin admin = admin(properties, bootstrapServers)) {
            Set<String> missing = new TreeSet<>(topics);
            boolean answered = false;
            do {
                try {
                    missing.removeAll(admin.listTopics().names().get(2L * ASK_MILLIS, TimeUnit.MILLISECONDS));
                    answered = true;
                    if (missing.isEmpty()) {
                        return;
                    }
                    Thread.sleep(250);
                } catch (ExecutionException | TimeoutException e) {
                    answered = false; // not yet; the deadline decides
                }
            } while (System.nanoTime() < deadline);
            throw new UnreachableException(
                    answered
                            ? "Kafka at " + bootstrapServers + " must have the topics " + missing + ", missing after "
                                    + patience.toSeconds() + " s"
                            : "Kafka must answer at " + bootstrapServers + ", no answer in " + patience.toSeconds()
                                    + " s; is the broker up? (anabranch.kafka.bootstrap-servers)");
        }
    }

    private static Admin admin(Properties properties, String bootstrapServers) {
        try {
            return Admin.create(properties);
        } catch (KafkaException e) { // no host of that name, or no address at all
            String why = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
            throw new UnreachableException(
                    "Kafka cannot be at " + bootstrapServers + ": " + why + " (anabranch.kafka.bootstrap-servers)");
        }
    }
}
