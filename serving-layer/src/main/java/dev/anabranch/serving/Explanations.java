package dev.anabranch.serving;

import dev.anabranch.contract.Topics;
import dev.anabranch.explain.Explainer;
import dev.anabranch.explain.Explanation;
import dev.anabranch.explain.Found;
import dev.anabranch.explain.PredictionArchive;
import dev.anabranch.model.PredictionId;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Predictions made again from the archive, which is opened when the first is asked for. One at a time: each reads many
 * files, and whoever waits too long is told to come back.
 */
@ApplicationScoped
class Explanations {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration ARCHIVED_SOON = Duration.ofSeconds(5);

    private final OpenLakehouse lakehouse;
    private final Kafka kafka;
    private final Clock clock;
    private final Semaphore turn = new Semaphore(1, true);
    private Explainer explainer;

    Explanations(OpenLakehouse lakehouse, Kafka kafka, Clock clock) {
        this.lakehouse = lakehouse;
        this.kafka = kafka;
        this.clock = clock;
    }

    /**
     * @param mostEvents how many of the events behind a view are named
     * @throws Missing     when there is no such prediction
     * @throws Unavailable when it is not archived yet, or others are being explained
     */
    Explanation explain(String predictionId, int mostEvents) throws InterruptedException {
        if (!turn.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new Unavailable("Other predictions are being explained; try again", PATIENCE);
        }
        try {
            open();
            PredictionArchive archive = new PredictionArchive(lakehouse.get());
            Found found = archive.find(predictionId, clock.millis());
            if (found instanceof Found.Archived archived) {
                return explainer.explain(archived.prediction(), mostEvents);
            }
            if (found instanceof Found.NotYet notYet) {
                throw notYet(archive, predictionId, notYet.why());
            }
            if (found instanceof Found.Never never) {
                throw new Missing(never.why());
            }
            if (found instanceof Found.Gone gone) {
                throw new Missing(gone.why());
            }
            throw new IllegalStateException("No such finding: " + found);
        } finally {
            turn.release();
        }
    }

    private void open() {
        if (explainer == null) {
            explainer = new Explainer(lakehouse.get());
        }
    }

    /** What is in the log and not in the archive will come; where the archive holds the whole log, nothing will. */
    private RuntimeException notYet(PredictionArchive archive, String predictionId, String why) {
        String useCase =
                PredictionId.parse(predictionId).map(PredictionId::useCase).orElseThrow();
        try {
            return archive.cut(useCase).covers(logged(Topics.predictions(useCase)))
                    ? new Missing("Prediction " + predictionId + " was never made: the archive holds all there are")
                    : new Unavailable(why, ARCHIVED_SOON);
        } catch (ExecutionException e) {
            return new Unavailable(
                    why + "; how far the log goes is not known: " + e.getCause().getMessage(), ARCHIVED_SOON);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Unavailable(why, ARCHIVED_SOON);
        }
    }

    /** How far a topic goes. */
    private Cut logged(String topic) throws ExecutionException, InterruptedException {
        try (Admin admin = kafka.admin()) {
            TopicDescription described = admin.describeTopics(Set.of(topic))
                    .topicNameValues()
                    .get(topic)
                    .get();
            Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
            described
                    .partitions()
                    .forEach(p -> asked.put(new TopicPartition(topic, p.partition()), OffsetSpec.latest()));
            Map<TopicPartition, ListOffsetsResultInfo> ends = admin.listOffsets(
                            asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                    .all()
                    .get();
            Map<Origin, Long> before = new HashMap<>();
            ends.forEach((partition, end) -> before.put(new Origin(topic, partition.partition()), end.offset()));
            return Cut.of(before);
        }
    }

    @PreDestroy
    void close() {
        if (explainer != null) {
            explainer.close();
        }
    }
}
