package dev.anabranch.batch;

import dev.anabranch.contract.Topics;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a use case at a time, on whichever machine. Runs are members of a consumer group of their use case, and the
 * one that owns the only partition of {@link Topics#GENERATIONS} may work: Kafka hears its heartbeats, and gives the
 * partition to another when they have ceased for as long as a session lasts.
 *
 * <p>Who has lost the lease without knowing, because it was paused say, is no danger: runs are kept apart by the commits of
 * their tables. The lease spares work that would come to nothing.
 */
public final class RunLease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunLease.class);
    private static final TopicPartition LEASE = new TopicPartition(Topics.GENERATIONS, 0);
    private static final Duration SESSION = Duration.ofSeconds(10);
    /** How long a group usually takes to agree, beside a session. */
    private static final Duration AGREEMENT = Duration.ofSeconds(2);
    /** How long nobody may have the lease. */
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private static final Duration POLL = Duration.ofMillis(200);

    private final String useCase;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;
    private final CountDownLatch decided = new CountDownLatch(1);
    private volatile boolean closing;
    private volatile KafkaException failure;

    private RunLease(String bootstrapServers, String useCase, Instant now, Duration session) {
        this.useCase = useCase;
        this.consumer = new KafkaConsumer<>(
                properties(bootstrapServers, useCase, now, session),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        this.thread = new Thread(this::keep, "run-lease");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Waits as long as it may take until a run that has died is known to be dead.
     *
     * @param now when the run starts, for the message that another run may give
     * @throws RunLock.HeldException         when another run of the use case is under way
     * @throws Brokers.UnreachableException when Kafka gives the lease to nobody
     */
    public static RunLease take(String bootstrapServers, String useCase, Instant now) throws InterruptedException {
        return take(bootstrapServers, useCase, now, SESSION);
    }

    static RunLease take(String bootstrapServers, String useCase, Instant now, Duration session)
            throws InterruptedException {
        RunLease lease = new RunLease(bootstrapServers, useCase, now, session);
        boolean kept = false;
        try {
            lease.await(bootstrapServers, session);
            kept = true;
            return lease;
        } finally {
            if (!kept) {
                lease.close();
            }
        }
    }

    private void await(String bootstrapServers, Duration session) throws InterruptedException {
        long begun = System.nanoTime();
        Duration patience = session.plus(AGREEMENT); // one that is dead holds it no longer
        while (!decided.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            Optional<String> holder = holder(bootstrapServers, useCase);
            if (holder.isPresent()) {
                throw new RunLock.HeldException("A batch run of " + useCase + " is under way (" + holder.get()
                        + "); wait until it ends, or stop that process");
            }
            if (System.nanoTime() - begun > LONGEST.toNanos()) {
                throw new Brokers.UnreachableException("Kafka at " + bootstrapServers + " must say within "
                        + LONGEST.toSeconds() + " s who may run " + useCase + ", and has given the lease to nobody");
            }
            patience = AGREEMENT;
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static Properties properties(String bootstrapServers, String useCase, Instant now, Duration session) {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, group(useCase));
        properties.put(
                ConsumerConfig.CLIENT_ID_CONFIG,
                "process " + ProcessHandle.current().pid() + " on " + host() + ", since " + now);
        properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) session.toMillis());
        properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, (int) session.toMillis() / 5);
        // Sticky: who joins takes nothing from who works.
        properties.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        return properties;
    }

    private static String group(String useCase) {
        return "anabranch-batch-run-" + useCase;
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "a host without a name";
        }
    }

    private void keep() {
        try (consumer) {
            consumer.subscribe(List.of(LEASE.topic()), new Ownership());
            while (!closing) {
                consumer.poll(POLL); // paused, so there is nothing in it; it takes part in what the group agrees on
            }
        } catch (WakeupException e) {
            LOG.debug("The lease of runs of {} is given back", useCase);
        } catch (KafkaException e) {
            failure = e;
            LOG.warn("The lease of runs of {} is lost, the run goes on: {}", useCase, e.getMessage());
            decided.countDown();
        }
    }

    private final class Ownership implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            consumer.pause(partitions);
            if (partitions.contains(LEASE)) {
                decided.countDown();
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            if (partitions.contains(LEASE) && !closing) {
                LOG.warn("The lease of runs of {} is lost, the run goes on: another one may begin", useCase);
            }
        }
    }

    /** Who owns it, in its own words; empty when nobody does. */
    private static Optional<String> holder(String bootstrapServers, String useCase) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            return admin
                    .describeConsumerGroups(List.of(group(useCase)))
                    .describedGroups()
                    .get(group(useCase))
                    .get()
                    .members()
                    .stream()
                    .filter(member -> member.assignment().topicPartitions().contains(LEASE))
                    .map(MemberDescription::clientId)
                    .findFirst();
        } catch (ExecutionException e) {
            throw new Brokers.UnreachableException("Kafka at " + bootstrapServers + " must say who runs " + useCase
                    + ", got " + e.getCause().getMessage());
        }
    }

    /** Gives it back: the next one need not wait. */
    @Override
    public void close() {
        closing = true;
        consumer.wakeup();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
