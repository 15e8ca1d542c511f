package dev.anabranch.recommendation.serving;

import dev.anabranch.model.PredictionId;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.recommendation.RecommendationRanking;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.recommendation.Selection.Selected;
import dev.anabranch.recommendation.Shown;
import dev.anabranch.recommendation.Wanted;
import dev.anabranch.serving.TopicWriter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.DoubleStream;
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

    private final TopicWriter writer;
    private final Counter lost;

    ShownLog(TopicWriter writer, MeterRegistry metrics) {
        this.writer = writer;
        lost = Counter.builder("anabranch.serving.shown.lost")
                .description("Answers that could not be written down: they count for no version")
                .tag("use.case", RecommendationUseCase.NAME)
                .register(metrics);
    }

    /** What put the items in order: a version in a part, or a rule, which has neither {@code variant} nor digest. */
    record Ranker(String name, String variant, String sha256) {
        static Ranker rule(String name) {
            return new Ranker(name, "", "");
        }
    }

    /**
     * What an answer was made of.
     *
     * @param rescored whether a team's own filters or rescorers had a say
     * @param items    those of the answer, in its order
     * @param read     everything that was read for it
     */
    record MadeOf(Ranker by, Wanted wanted, boolean rescored, List<Selected> items, MergedKnowledge read) {}

    /** Writes down an answer to a user with all it was made of, and gives it its name. */
    Uni<Recommendations> shown(Recommendations answer, MadeOf of) {
        String answerId = PredictionId.ofAnswer(RecommendationUseCase.NAME, answer.atMillis(), UUID.randomUUID())
                .toString();
        Recommendations.Version vectors = answer.models().items();
        List<Selected> items = of.items()
                .subList(0, Math.min(RecommendationRanking.ITEMS, of.items().size()));
        Shown shown = new Shown(
                answerId,
                answer.atMillis(),
                answer.user(),
                answer.context(),
                of.by().name(),
                of.by().variant(),
                vectors == null ? 0 : vectors.version(),
                items.stream().map(Selected::itemId).toList(),
                items.stream().map(Selected::ranked).toList(),
                items.stream()
                        .flatMapToDouble(item -> DoubleStream.of(item.features()))
                        .boxed()
                        .toList(),
                of.by().sha256(),
                vectors == null ? "" : vectors.sha256(),
                of.wanted().most(),
                of.wanted().excludeSeen(),
                of.wanted().attributes(),
                of.rescored(),
                answer.exact(),
                of.read().readings());
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
