package dev.anabranch.serving;

import dev.anabranch.contract.Generation;
import dev.anabranch.event.EventType;
import dev.anabranch.usecase.UseCases;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.View;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** How is it, and what is live? */
@Path("/v1")
@Tag(name = "status", description = "Is it fresh, and what is live?")
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public class StatusResource {
    private final String version;
    private final Life life;
    private final Kafka kafka;
    private final ViewFollower follower;
    private final Generations generations;
    private final Models models;
    private final TopicWriter writer;
    private final Clock clock;

    StatusResource(
            @ConfigProperty(name = "quarkus.application.version") String version,
            Life life,
            Kafka kafka,
            ViewFollower follower,
            Generations generations,
            Models models,
            TopicWriter writer,
            Clock clock) {
        this.version = version;
        this.life = life;
        this.kafka = kafka;
        this.follower = follower;
        this.generations = generations;
        this.models = models;
        this.writer = writer;
        this.clock = clock;
    }

    @GET
    @Path("/status")
    @Operation(
            summary = "How this replica is",
            description = "Each view with its generation, the age of its cut and how far this replica has read it; each"
                    + " model with its live version.")
    public Status status() {
        long now = clock.millis();
        return new Status(
                version,
                life.startedMillis(),
                now - life.startedMillis(),
                follower.state(),
                new Status.Broker(kafka.bootstrapServers(), follower.follows() && !follower.brokerLost()),
                UseCases.views().stream().map(this::ofView).toList(),
                models.status(now),
                new Status.Events(
                        UseCases.events().stream()
                                .filter(type -> !type.isDerived())
                                .map(EventType::name)
                                .toList(),
                        writer.ready()));
    }

    /** How one view is, as far as this replica keeps it. */
    Status.OfView ofView(View<?> view) {
        long now = clock.millis();
        Optional<Generation> latest = generations.latest(view.name());
        List<KeptPartition<?>> kept = follower.kept(view);
        List<KeptPartition<?>> active =
                kept.stream().filter(KeptPartition::active).toList();
        List<Freshness> signs = active.stream()
                .filter(KeptPartition::complete)
                .map(KeptPartition::signOfLife)
                .toList();
        OptionalLong oldestSign = signs.stream().mapToLong(Freshness::atMillis).min();
        OptionalLong newestArrival =
                signs.stream().mapToLong(Freshness::newestArrivalMillis).max();
        List<Long> lags =
                active.stream().map(follower::lag).flatMap(Optional::stream).toList();
        return new Status.OfView(
                view.name(),
                latest.map(Generation::getGeneration).orElse(0L),
                latest.map(g -> Provenance.list(Cuts.read(g.getCut()).origins()))
                        .orElse(List.of()),
                latest.map(g -> now - g.getCreatedMillis()).orElse(null),
                latest.map(g -> now - g.getPublishedMillis()).orElse(null),
                numbers(active, KeptPartition::complete),
                numbers(active, partition -> !partition.complete()),
                numbers(kept, partition -> !partition.active() && partition.complete()),
                oldestSign.isPresent() && oldestSign.getAsLong() > 0 ? now - oldestSign.getAsLong() : null,
                newestArrival.isPresent() && newestArrival.getAsLong() > 0 ? newestArrival.getAsLong() : null,
                lags.size() == active.size() ? lags.stream().mapToLong(l -> l).sum() : null);
    }

    private static List<Integer> numbers(List<KeptPartition<?>> kept, Predicate<KeptPartition<?>> which) {
        return kept.stream().filter(which).map(KeptPartition::number).toList();
    }
}
