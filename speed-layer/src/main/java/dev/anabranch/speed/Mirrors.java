package dev.anabranch.speed;

import dev.anabranch.contract.Topics;
import dev.anabranch.view.Following;
import dev.anabranch.view.Reading;
import dev.anabranch.view.View;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says of each mirror of a batch view whether it is whole. A task that was down for long goes on reading a topic that was
 * compacted meanwhile: until it has come to the end, rows may be missing whose successors lie ahead.
 */
final class Mirrors {
    private static final Logger LOG = LoggerFactory.getLogger(Mirrors.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final BatchTopics topics;
    private final Duration wholeFor;
    private final Map<TopicPartition, Mirror> open = new ConcurrentHashMap<>();

    /** @param wholeFor how long a record stays in a batch topic after its successor was written, at least */
    Mirrors(BatchTopics topics, Duration wholeFor) {
        this.topics = topics;
        this.wholeFor = wholeFor;
    }

    /** A new mirror of one partition, and a first look at where its topic ends. */
    Mirror open(View<?> view, int partition, long nowMillis) {
        TopicPartition source = source(view, partition);
        Mirror mirror = new Mirror(source);
        open.put(source, mirror);
        mirror.lookAtOnce(nowMillis);
        return mirror;
    }

    /** The reading, marked inexact when the mirror it was made from may have holes. */
    <A> Reading<A> checked(Reading<A> reading, View<A> view, int partition) {
        Optional<String> why = open.get(source(view, partition)).following.whyNotWhole();
        return why.isPresent() ? reading.inexactBecause(why.get()) : reading;
    }

    private static TopicPartition source(View<?> view, int partition) {
        return new TopicPartition(Topics.batchView(view.name()), partition);
    }

    /** One partition. For the thread of its task. */
    final class Mirror {
        private final TopicPartition source;
        private final Following following;
        private CompletableFuture<BatchTopics.Progress> asked;
        private long askedMillis;

        private Mirror(TopicPartition source) {
            this.source = source;
            this.following = new Following(source.toString(), wholeFor);
        }

        /** A record was read that is about to be applied. */
        void reading(long nowMillis) {
            following.fetched(nowMillis);
        }

        void applied(long offset) {
            following.applied(offset + 1);
        }

        /** Looks where the topic ends: all the time until the mirror is whole, then often enough to stay so. */
        void look(long nowMillis) {
            if (asked == null) {
                boolean due = nowMillis - askedMillis >= wholeFor.toMillis() / 4;
                if (due || following.whyNotWhole().isPresent()) {
                    askedMillis = nowMillis;
                    asked = topics.ask(source).toCompletableFuture();
                }
            } else if (asked.isDone()) {
                await(Duration.ZERO);
            }
        }

        private void lookAtOnce(long nowMillis) {
            askedMillis = nowMillis;
            asked = topics.ask(source).toCompletableFuture();
            await(PATIENCE);
        }

        private void await(Duration patience) {
            try {
                BatchTopics.Progress progress = asked.get(patience.toMillis(), TimeUnit.MILLISECONDS);
                following.applied(progress.committed());
                following.ended(progress.end(), askedMillis);
                asked = null;
            } catch (TimeoutException e) {
                LOG.info("The broker does not say yet where {} ends", source);
            } catch (ExecutionException e) {
                LOG.warn(
                        "Asking where {} ends failed and is tried again: {}",
                        source,
                        e.getCause().getMessage());
                asked = null;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
