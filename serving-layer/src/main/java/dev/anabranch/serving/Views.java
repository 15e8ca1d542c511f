package dev.anabranch.serving;

import dev.anabranch.usecase.UseCases;
import dev.anabranch.view.View;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.state.HostInfo;

/** Answers what is known of an entity: from memory where this replica keeps its partition, else from the one that does. */
@ApplicationScoped
public class Views {
    private final ViewFollower follower;
    private final OtherReplicas others;
    private final MeterRegistry metrics;
    private final Map<String, Timer> merges = new ConcurrentHashMap<>();
    private final Map<String, Counter> inexact = new HashMap<>();

    Views(ViewFollower follower, OtherReplicas others, MeterRegistry metrics) {
        this.follower = follower;
        this.others = others;
        this.metrics = metrics;
        for (View<?> view : UseCases.views()) {
            inexact.put(
                    view.name(),
                    Counter.builder("anabranch.serving.inexact")
                            .description("Answers that said themselves that they might not be exact")
                            .tag("view", view.name())
                            .register(metrics));
        }
    }

    /**
     * What is known of {@code entity} now, in windows that end at {@code atMillis}. Fails with an {@link Unavailable}
     * when no replica can answer.
     */
    public <A> Uni<Answer<A>> ask(View<A> view, String entity, long atMillis) {
        Place<A> place = follower.find(view, entity);
        if (place instanceof Place.Here<A> here) {
            return Uni.createFrom().item(answer(here.partition(), entity, atMillis));
        }
        if (place instanceof Place.There<A> there) {
            return there(there, view, entity, atMillis);
        }
        if (place instanceof Place.Nowhere<A> nowhere) {
            return Uni.createFrom().failure(new Unavailable(nowhere.reason()));
        }
        throw new IllegalStateException("No such place: " + place);
    }

    /** The replica that keeps the partition, and if it does not answer, whoever has a copy. */
    private <A> Uni<Answer<A>> there(Place.There<A> there, View<A> view, String entity, long atMillis) {
        if (there.copy().isPresent()) {
            KeptPartition<A> copy = there.copy().get();
            return others.isSilent(there.owner())
                    ? Uni.createFrom().item(() -> answer(copy, entity, atMillis))
                    : others.askSoon(there.owner(), view, entity, atMillis)
                            .onFailure(Unavailable.class)
                            .recoverWithItem(() -> answer(copy, entity, atMillis));
        }
        Uni<Answer<A>> answer = others.ask(there.owner(), view, entity, atMillis);
        for (HostInfo copy : there.copies()) {
            answer = answer.onFailure(Unavailable.class).recoverWithUni(() -> others.ask(copy, view, entity, atMillis));
        }
        return answer;
    }

    /** The same, without asking another replica: fails where this one neither keeps the partition nor has a copy. */
    <A> Answer<A> askHere(View<A> view, String entity, long atMillis) {
        Place<A> place = follower.find(view, entity);
        if (place instanceof Place.Here<A> here) {
            return answer(here.partition(), entity, atMillis);
        }
        if (place instanceof Place.There<A> there && there.copy().isPresent()) {
            return answer(there.copy().get(), entity, atMillis);
        }
        if (place instanceof Place.Nowhere<A> nowhere) {
            throw new Unavailable(nowhere.reason());
        }
        throw new Unavailable("Another replica has just been given the partition of '" + entity + "' of " + view);
    }

    private <A> Answer<A> answer(KeptPartition<A> partition, String entity, long atMillis) {
        long start = System.nanoTime();
        Answer<A> answer = partition.answer(entity, atMillis);
        merges.computeIfAbsent(partition.view().name(), this::timer)
                .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        if (!answer.reading().exact()) {
            inexact.get(partition.view().name()).increment();
        }
        return answer;
    }

    private Timer timer(String view) {
        return Timer.builder("anabranch.serving.merge")
                .description("Merging both parts of one entity, from memory")
                .tag("view", view)
                .publishPercentileHistogram()
                .register(metrics);
    }
}
