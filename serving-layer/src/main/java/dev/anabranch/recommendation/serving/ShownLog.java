package dev.anabranch.recommendation.serving;

import dev.anabranch.model.PredictionId;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.recommendation.Shown;
import dev.anabranch.recommendation.serving.Recommendations.Recommended;
import dev.anabranch.serving.TopicWriter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jboss.logging.Logger;

/**
 * Writes down what users were shown, so that it can be told what they made of it. An answer waits a moment for that, so that
 * what is written comes before what the user does next; and never longer: somebody who can be answered is.
 */
@Startup // its counter says none before the first
@ApplicationScoped
class ShownLog {
    private static final Logger log = Logger.getLogger(ShownLog.class);
    private static final Duration AT_MOST = Duration.ofMillis(100);

    /** So many items of an answer are written down: nobody looks at more. */
    private static final int ITEMS = 100;

    private final TopicWriter writer;
    private final Counter lost;

    ShownLog(TopicWriter writer, MeterRegistry metrics) {
        this.writer = writer;
        lost = Counter.builder("anabranch.serving.shown.lost")
                .description("Answers that could not be written down: they count for no version")
                .tag("use.case", RecommendationUseCase.NAME)
                .register(metrics);
    }

    /** What put the items in order: a version in a part, or a rule, which has no {@code variant}. */
    record Ranker(String name, String variant) {
        static Ranker rule(String name) {
            return new Ranker(name, "");
        }
    }

    /** Writes down an answer to a user, and gives it its name. */
    Uni<Recommendations> shown(Recommendations answer, Ranker by) {
        String answerId = PredictionId.ofAnswer(RecommendationUseCase.NAME, answer.atMillis(), UUID.randomUUID())
                .toString();
        Recommendations.Version vectors = answer.models().items();
        Shown shown = new Shown(
                answerId,
                answer.atMillis(),
                answer.user(),
                answer.context(),
                by.name(),
                by.variant(),
                vectors == null ? 0 : vectors.version(),
                answer.items().stream().limit(ITEMS).map(Recommended::itemId).toList());
        CompletableFuture<RecordMetadata> counted = writer.append(
                        RecommendationEvents.SHOWN.topic(), answer.user(), RecommendationEvents.SHOWN.encode(shown))
                .whenComplete((where, failure) -> {
                    if (failure != null) { // whenever it is known: the answer may have been given long ago
                        lost.increment();
                        log.debugf(failure, "What was shown to a user is not in the log");
                    }
                });
        Recommendations named = answer.named(answerId);
        return Uni.createFrom()
                .completionStage(counted.copy()) // waiting no longer cancels it: what is cancelled counts nothing
                .map(done -> named)
                .ifNoItem()
                .after(AT_MOST)
                .recoverWithItem(named)
                .onFailure()
                .recoverWithItem(named);
    }
}
