package dev.anabranch.serving;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Topics;
import dev.anabranch.model.ComingModel;
import dev.anabranch.model.LargeArtifacts.Part;
import dev.anabranch.model.ServedModel;
import dev.anabranch.model.UnusableModelException;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.InterruptException;
import org.jboss.logging.Logger;

/**
 * Makes models of artifacts while their parts are being written, so that next to nothing is left to do when the record of their
 * version says that they are live. What is not here then, {@link ArtifactReader} reads: this is a head start, and what it
 * misses is no loss.
 */
@ApplicationScoped
class ComingArtifacts {
    private static final Logger log = Logger.getLogger(ComingArtifacts.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    /** The broker answers when a part has come; while none does it need not say so twice a second. To stop takes as long. */
    private static final Duration FETCH = Duration.ofSeconds(1);

    /** How long the next part may take while the record of its version waits for it. */
    private static final Duration NEXT_PART = Duration.ofSeconds(2);

    /** How many parts may be read before models are made of them: a part takes as long to be read as to be taken in. */
    private static final int AHEAD = 4;

    private static final long NOWHERE = Long.MAX_VALUE;

    /** An artifact of which nothing has come for so long is not waited for, and takes no room: its writer may have died. */
    private static final Duration KEPT = Duration.ofMinutes(1);

    private final Kafka kafka;
    private final Map<String, ModelUse> uses = new HashMap<>();
    private final Map<String, Coming> coming = new HashMap<>(); // by model; guarded by this, as are the next three
    private long began = NOWHERE;
    private long position = NOWHERE;
    private long lastNanos = System.nanoTime();
    private final BlockingQueue<ConsumerRecord<String, ByteBuffer>> read = new ArrayBlockingQueue<>(AHEAD);
    private final Thread thread = new Thread(this::follow, "serving-artifacts");
    private final Thread making = new Thread(this::make, "serving-artifacts-making");
    private volatile boolean stopped;

    /** What has come of one artifact. */
    private static final class Coming {
        private final String digest;
        private final ComingModel model;
        private int parts;
        private long lastNanos = System.nanoTime();

        private Coming(String digest, ComingModel model) {
            this.digest = digest;
            this.model = model;
        }
    }

    ComingArtifacts(Kafka kafka, @All List<ModelUse> uses) {
        this.kafka = kafka;
        uses.stream().filter(use -> use.coming().isPresent()).forEach(use -> this.uses.put(use.model(), use));
        thread.setDaemon(true);
        making.setDaemon(true);
    }

    void start() {
        if (!uses.isEmpty()) {
            thread.start();
            making.start();
        }
    }

    void stop() throws InterruptedException {
        stopped = true;
        making.interrupt();
        thread.interrupt();
        thread.join(Duration.ofSeconds(5).toMillis());
    }

    /** Whether what is written from now on is taken in. */
    synchronized boolean following() {
        return began != NOWHERE;
    }

    /**
     * The model of a version that was published in parts, where all of them have come one after the other since this follows; it
     * proves itself. Waits for those that have been written and not been read. What had come of that model is kept here no longer.
     *
     * @throws UnusableModelException when it does not do what its record says
     */
    Optional<ServedModel> take(ModelVersion published) throws UnusableModelException {
        String name = published.getName();
        long begun = System.nanoTime();
        Coming whole;
        synchronized (this) {
            whole = await(published);
            coming.remove(name);
        }
        if (whole == null) {
            return Optional.empty();
        }
        if (!whole.model.sha256().equals(published.getSha256())) {
            log.warnf("What has come of %s version %d is not what its digest says", name, published.getVersion());
            return Optional.empty();
        }
        long come = System.nanoTime();
        ServedModel model = whole.model.load(published);
        log.infof(
                "%s version %d has come in %d parts: waited %d ms for the last of them, and %d ms until it had proved itself",
                name,
                published.getVersion(),
                whole.parts,
                (come - begun) / 1_000_000,
                (System.nanoTime() - come) / 1_000_000);
        return Optional.of(model);
    }

    /** Null when it has not come as it must. */
    private synchronized Coming await(ModelVersion published) {
        long from = published.getParts().getFrom();
        int parts = published.getParts().getCount();
        long asked = System.nanoTime();
        while (began <= from) {
            Coming one = coming.get(published.getName());
            if (one != null && one.digest.equals(published.getSha256()) && one.parts == parts) {
                return one;
            }
            long now = System.nanoTime();
            long patience = NEXT_PART.toNanos() - Math.min(now - asked, now - lastNanos);
            if (position >= from + parts || patience <= 0) {
                return null;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, patience);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
        }
        return null;
    }

    private void follow() {
        while (!stopped) {
            try {
                followFromEnd();
            } catch (InterruptException | InterruptedException e) {
                stopped = true;
                log.debug("Following the artifacts was interrupted, to stop");
            } catch (RuntimeException e) {
                log.error("Following the artifacts failed and begins again", e);
                pause();
            } finally {
                begin(NOWHERE); // a part may be missed
            }
        }
    }

    private void followFromEnd() throws InterruptedException {
        try (KafkaConsumer<String, ByteBuffer> reading = ArtifactReader.consumer(kafka, FETCH, "none")) {
            reading.seekToEnd(reading.assignment());
            begin(reading.position(ArtifactReader.ARTIFACTS));
            while (!stopped) {
                ConsumerRecords<String, ByteBuffer> records = reading.poll(POLL);
                for (ConsumerRecord<String, ByteBuffer> record : records) {
                    read.put(record);
                }
                if (records.isEmpty()) {
                    letGo();
                }
            }
        }
    }

    private void make() {
        try {
            while (!stopped) {
                take(read.take());
            }
        } catch (InterruptedException e) {
            log.debug("Making models of artifacts was interrupted, to stop");
        }
    }

    private synchronized void begin(long offset) {
        read.clear();
        coming.clear();
        began = offset;
        position = offset;
        notifyAll();
    }

    private synchronized void take(ConsumerRecord<String, ByteBuffer> record) {
        if (record.offset() < began) {
            return; // of what was followed before
        }
        Part.of(record.key(), record.value()).ifPresent(this::take);
        position = record.offset() + 1;
        lastNanos = System.nanoTime();
        notifyAll();
    }

    private void take(Part part) {
        Coming one = coming.get(part.model());
        if (part.number() == 0 && uses.containsKey(part.model())) {
            one = new Coming(part.digest(), uses.get(part.model()).coming().orElseThrow());
            coming.put(part.model(), one);
        }
        if (one == null || !one.digest.equals(part.digest()) || one.parts != part.number()) {
            return; // of one that is not coming, or not in order: then it is read as a whole
        }
        try {
            one.model.take(part.bytes());
            one.parts++;
            one.lastNanos = System.nanoTime();
        } catch (RuntimeException | OutOfMemoryError e) {
            // Nothing is known of these bytes but what they say themselves.
            log.warnf("What comes of %s in %s is no artifact: %s", part.model(), Topics.ARTIFACTS, e);
            coming.remove(part.model());
        }
    }

    private synchronized void letGo() {
        coming.values().removeIf(one -> System.nanoTime() - one.lastNanos > KEPT.toNanos());
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(AFTER_FAILURE.toMillis());
        } catch (InterruptedException e) {
            stopped = true;
            Thread.currentThread().interrupt();
        }
    }
}
