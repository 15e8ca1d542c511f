package dev.anabranch.speed;

import dev.anabranch.contract.Topics;
import dev.anabranch.event.EventType;
import dev.anabranch.learning.LabelledExample;
import dev.anabranch.learning.Learning;
import dev.anabranch.model.LiveLineup;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.View;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;

/**
 * Events in; the speed views of one use case, and its predictions, out.
 *
 * <p>What is drawn on it becomes one Kafka Streams application. For each view it keeps a store of cells, whose changelog
 * is the public speed view, and a mirror of the batch view, which is restored from the batch view's own topic and has
 * no changelog. Both lie in the same task, so a partition of the cells and the same partition of the batch rows are
 * read and written by one thread.
 */
public final class SpeedTopology {
    private final UseCase useCase;
    private final StoreKind stores;
    private final int partitions;
    private final OptionalInt publishEvery;
    private final MeterRegistry metrics;
    private final Scorability scorability;
    private final Mirrors mirrors;
    private final Sweeps sweeps;
    private final CommitPace pace;
    private final StreamsBuilder builder = new StreamsBuilder();
    private final Map<View<?>, Set<String>> foldedTopics = new LinkedHashMap<>();
    private final Map<View<?>, List<String>> readers = new LinkedHashMap<>();
    private final Set<View<?>> fedFromAnywhere = new HashSet<>();
    private final List<String> repartitions = new ArrayList<>();

    /**
     * @param partitions how many every topic of the use case has
     * @param live       the models to score with
     * @param mirrors    whether the batch views that are read are whole
     * @param sweeps     over {@link #topics}
     * @param pace       of commits
     * @param publishEvery after how many labels a model that learns as they arrive is published; empty when none is to
     *     learn, whatever the use case declares
     */
    SpeedTopology(
            UseCase useCase,
            StoreKind stores,
            int partitions,
            LiveLineup<LoadedModel> live,
            Mirrors mirrors,
            Sweeps sweeps,
            CommitPace pace,
            OptionalInt publishEvery,
            MeterRegistry metrics) {
        this.useCase = useCase;
        this.stores = stores;
        this.partitions = partitions;
        this.publishEvery = publishEvery;
        this.metrics = metrics;
        this.mirrors = mirrors;
        this.sweeps = sweeps;
        this.pace = pace;
        this.scorability = new Scorability(useCase.name(), live, metrics);
    }

    /** The events of one type, each with the position and arrival it will keep; what is no event is left out. */
    public <E extends SpecificRecord> EventStream<E> events(EventType<E> type) {
        Counter refused = Counter.builder("anabranch.speed.refused")
                .description("Records of an event topic that are no events")
                .tag("event.type", type.name())
                .register(metrics);
        KStream<String, Passing<E>> admitted = builder.stream(
                        type.topic(), Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                .process(() -> new AdmitEvents<>(type, refused), Named.as("admit-" + type));
        return new EventStream<>(this, type, admitted);
    }

    /**
     * Lets the use case's model learn from each example, once and in the order in which they lie, and publishes it every so
     * many labels. All examples carry one key, so all come to one task. Where nothing is to be learnt, they pass by.
     */
    public void learnFrom(EventStream<LabelledExample> examples) {
        learning().ifPresent(learning -> {
            builder.addStateStore(stores.ofLearner(LearnFromExamples.STORE));
            examples.stream()
                    .process(
                            () -> new LearnFromExamples(learning, publishEvery.getAsInt(), metrics),
                            Named.as("learn-from-" + learning.examples()),
                            LearnFromExamples.STORE)
                    .to(
                            Topics.LEARNT,
                            Produced.with(Serdes.String(), Serdes.ByteArray()).withName("to-" + Topics.LEARNT));
        });
    }

    /**
     * What was drawn, ready to run.
     *
     * @throws IllegalStateException when a view reads a topic whose events were not folded into it: its answers would
     *     miss them
     */
    public Topology build() {
        for (View<?> view : useCase.views()) {
            Set<String> missing = new LinkedHashSet<>(view.topics());
            missing.removeAll(foldedTopics.getOrDefault(view, Set.of()));
            if (!missing.isEmpty()) {
                throw new IllegalStateException("View " + view + " must be folded from every topic it reads, missing "
                        + missing + "; draw events(...).fold(" + view + ")");
            }
        }
        Topology topology = builder.build();
        foldedTopics.keySet().forEach(view -> mirror(topology, view));
        return topology;
    }

    private void mirror(Topology topology, View<?> view) {
        String mirror = "mirror-" + view;
        topology.addReadOnlyStateStore(
                stores.mirror(ViewStores.batch(view)),
                view + "-batch",
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                Topics.batchView(view.name()),
                mirror,
                () -> new MirrorBatchView<>(view, mirrors));
        topology.connectProcessorAndStateStores(mirror, ViewStores.cells(view));
        for (String reader : readers.getOrDefault(view, List.of())) {
            topology.connectProcessorAndStateStores(reader, ViewStores.batch(view));
        }
    }

    /** @throws IllegalArgumentException when the view does not read the topic, or was folded from it before */
    void folds(View<?> view, String topic, boolean travelled) {
        if (!useCase.views().contains(view) || !view.topics().contains(topic)) {
            throw new IllegalArgumentException("A view that folds " + topic + " must be one of " + useCase.name()
                    + " and read that topic, got " + view + " of " + view.topics());
        }
        keeps(view);
        if (!foldedTopics.get(view).add(topic)) {
            throw new IllegalArgumentException("View " + view + " must fold " + topic + " once, got it twice");
        }
        if (travelled) {
            fedFromAnywhere.add(view);
        }
    }

    /** Whether a partition of the view is made of the events of the partitions of the same number alone. */
    boolean foldsWhereEventsLie(View<?> view) {
        return !fedFromAnywhere.contains(view);
    }

    /** Adds the store of a view's cells, unless it is there. */
    void keeps(View<?> view) {
        if (!foldedTopics.containsKey(view)) {
            foldedTopics.put(view, new LinkedHashSet<>());
            builder.addStateStore(stores.logged(ViewStores.cells(view)));
        }
    }

    /** @param name of the repartition, as it was drawn */
    void travels(String name) {
        repartitions.add(Topics.speedApplication(useCase.name()) + "-" + name + "-repartition");
    }

    /** The topics that events are read from, in the order in which they travel. */
    List<String> topics() {
        List<String> topics = new ArrayList<>();
        useCase.events().forEach(type -> topics.add(type.topic()));
        topics.addAll(repartitions);
        return topics;
    }

    /** Adds the store in which predictions and labels meet. */
    void judges() {
        builder.addStateStore(stores.ofCases(Cases.STORE));
    }

    Cases.Counted counted() {
        return Cases.Counted.of(useCase.name(), metrics);
    }

    void reads(View<?> view, String processor) {
        readers.computeIfAbsent(view, v -> new ArrayList<>()).add(processor);
    }

    /** What is to be learnt as labels arrive; empty when nothing is. */
    Optional<Learning> learning() {
        return publishEvery.isPresent() ? useCase.learning() : Optional.empty();
    }

    Scorability scorability() {
        return scorability;
    }

    MeterRegistry metrics() {
        return metrics;
    }

    Mirrors mirrors() {
        return mirrors;
    }

    Sweeps sweeps() {
        return sweeps;
    }

    CommitPace pace() {
        return pace;
    }

    UseCase useCase() {
        return useCase;
    }

    int partitions() {
        return partitions;
    }
}
