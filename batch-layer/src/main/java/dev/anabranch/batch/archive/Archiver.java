package dev.anabranch.batch.archive;

import dev.anabranch.lakehouse.Lakehouse;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FSError;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Archives several topics, each on a thread of its own.
 *
 * <p>Trouble that may pass (the broker, the catalog or the file system is away) is tried again, from what the table
 * says, for as long as it lasts. Anything else ends the archiver: {@link #await} throws it.
 */
public final class Archiver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Archiver.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final List<TopicArchiver<?>> archivers = new ArrayList<>();
    private final List<ArchiveProgress> progress = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private boolean closed;

    public Archiver(
            List<ArchivedTopic<?>> topics,
            ArchiveConfig config,
            Lakehouse lakehouse,
            String bootstrapServers,
            MeterRegistry registry) {
        for (ArchivedTopic<?> topic : topics) {
            ArchiveProgress one = new ArchiveProgress(topic.topic(), registry);
            TopicArchiver<?> archiver = new TopicArchiver<>(topic, config, lakehouse, bootstrapServers, one);
            progress.add(one);
            archivers.add(archiver);
            threads.add(new Thread(() -> keepRunning(archiver, one), "archive-" + topic.topic()));
        }
    }

    public void start() {
        threads.forEach(Thread::start);
    }

    /**
     * Returns when it was closed.
     *
     * @throws LostRecordsException when a topic and its archive do not join
     */
    public void await() throws InterruptedException {
        ended.await();
        Throwable cause = failure.get();
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause != null) {
            throw (RuntimeException) cause;
        }
    }

    /** Whether every topic is being read. */
    public boolean reading() {
        return progress.stream().allMatch(ArchiveProgress::reading);
    }

    /** One line for a person. */
    public String describe() {
        return progress.stream()
                .map(one -> one.topic() + ": "
                        + (one.reading() ? one.rows() + " rows, " + one.lag() + " behind" : "not reading yet"))
                .collect(Collectors.joining("; "));
    }

    /** Commits what is waiting and stops. Whoever calls it second waits until that is done. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        stopping.countDown();
        archivers.forEach(TopicArchiver::stop);
        for (Thread thread : threads) {
            joinUninterruptibly(thread);
        }
        archivers.forEach(TopicArchiver::close);
        ended.countDown();
    }

    private void keepRunning(TopicArchiver<?> archiver, ArchiveProgress one) {
        Duration pause = Duration.ofSeconds(1);
        while (true) {
            try {
                archiver.run();
                return;
            } catch (RetriableException
                    | UncheckedSQLException
                    | CommitFailedException
                    | CommitStateUnknownException
                    | UncheckedIOException
                    | SdkException
                    | FSError e) { // FSError is Hadoop's word for a disk that is full
                LOG.warn("Archiving {} is tried again in {} s: {}", one.topic(), pause.toSeconds(), e.toString());
                one.stopped();
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
                ended.countDown();
                return;
            }
            try {
                if (stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            } catch (InterruptedException e) {
                return;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    private static void joinUninterruptibly(Thread thread) {
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
