package dev.anabranch.serving;

import dev.anabranch.explain.Explainer;
import dev.anabranch.explain.Found;
import dev.anabranch.explain.Remade;
import dev.anabranch.model.PredictionId;
import dev.anabranch.vectors.VectorsModel;
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
import java.util.function.Function;
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
    private final Models models;
    private final Kafka kafka;
    private final Clock clock;
    private final Semaphore turn = new Semaphore(1, true);
    private Explainer explainer;

    Explanations(OpenLakehouse lakehouse, Models models, Kafka kafka, Clock clock) {
        this.lakehouse = lakehouse;
        this.models = models;
        this.kafka = kafka;
        this.clock = clock;
    }

    /**
     * @param mostEvents how many of the events behind a view are named
     * @throws Missing     when there is no such prediction
     * @throws Unavailable when it is not archived yet, or others are being explained
     */
    Remade explain(String predictionId, int mostEvents) throws InterruptedException {
        if (!turn.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new Unavailable("Other predictions are being explained; try again", PATIENCE);
        }
        try {
            open();
            Found found = explainer.explain(predictionId, clock.millis(), mostEvents);
            if (found instanceof Found.Archived archived) {
                return archived.remade();
            }
            if (found instanceof Found.NotYet notYet) {
                throw notYet(predictionId, notYet.why());
            }
            if (found instanceof Found.Ahead ahead) {
                throw new Unavailable(ahead.why(), ARCHIVED_SOON);
            }
            throw new Missing(((Found.NotMade) found).why()); // and will be
        } finally {
            turn.release();
        }
    }

    private void open() {
        if (explainer == null) {
            explainer = new Explainer(
                    lakehouse.get(),
                    wanted -> models.withAny(wanted.name(), VectorsModel.class, Function.identity())
                            .filter(live -> live.version().getSha256().equals(wanted.sha256())));
        }
    }

    /** What is in the log and not in the archive will come; where the archive holds the whole log, nothing will. */
    private RuntimeException notYet(String predictionId, String why) {
        String useCase =
                PredictionId.parse(predictionId).map(PredictionId::useCase).orElseThrow();
        try {
            return explainer.cut(useCase).covers(logged(explainer.topic(useCase)))
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
