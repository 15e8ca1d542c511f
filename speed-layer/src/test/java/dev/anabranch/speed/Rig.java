package dev.anabranch.speed;

import dev.anabranch.contract.BatchFooter;
import dev.anabranch.contract.BatchHeader;
import dev.anabranch.contract.BatchRow;
import dev.anabranch.contract.ModelKey;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.event.Admission;
import dev.anabranch.event.EventType;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.fraud.speed.FraudPath;
import dev.anabranch.model.LiveLineup;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.UnusableModelException;
import dev.anabranch.quality.Outcome;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.Contribution;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.Tiles;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewKeys;
import dev.anabranch.view.oracle.NaiveFold;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/**
 * A use case's topology on one partition, driven record by record, with the log beside it that the oracle folds. Offsets
 * count up from 0 in every topic, as the driver has it; records that are no events make gaps.
 */
final class Rig implements AutoCloseable {
    static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    static final int PUBLISH_EVERY = 3;

    /** The application has read its batch views to their ends, where nothing stands yet. */
    static final BatchTopics ALL_READ = partition -> CompletableFuture.completedFuture(new BatchTopics.Progress(0, 0));

    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final LiveLineup<LoadedModel> live;
    final Sweeps sweeps = new Sweeps();
    final CommitPace pace;
    final List<NaiveFold.Entry> log = new ArrayList<>();
    private final UseCase useCase;
    private final TopologyTestDriver driver;
    private final Map<String, Cut> cuts = new HashMap<>();
    private final Map<String, Long> offsets = new HashMap<>();
    private final Map<EventType<?>, Integer> derivedLogged = new HashMap<>();
    private final Map<String, TestOutputTopic<byte[], byte[]>> outputs = new HashMap<>();
    private final Map<String, List<TestRecord<byte[], byte[]>>> written = new HashMap<>();

    Rig(Path state) {
        this(new FraudUseCase(), new FraudPath(), state);
    }

    Rig(UseCase useCase, SpeedPath path, Path state) {
        this(useCase, path, state, ALL_READ);
    }

    /** @param batchTopics what the broker says of the batch views' topics */
    Rig(UseCase useCase, SpeedPath path, Path state, BatchTopics batchTopics) {
        this(useCase, path, state, batchTopics, OptionalInt.of(PUBLISH_EVERY));
    }

    /** @param publishEvery as {@link SpeedTopology} has it */
    Rig(UseCase useCase, SpeedPath path, Path state, BatchTopics batchTopics, OptionalInt publishEvery) {
        this.useCase = useCase;
        live = lineup(useCase, path);
        Mirrors mirrors = new Mirrors(batchTopics, settings(state).speed().wholeFor());
        pace = new CommitPace(settings(state).speed().commitInterval(), System::nanoTime);
        SpeedTopology topology =
                new SpeedTopology(useCase, StoreKind.MEMORY, 1, live, mirrors, sweeps, pace, publishEvery, metrics);
        path.draw(topology);
        Properties properties = SpeedApplication.properties(useCase.name(), settings(state), "rig");
        driver = new TopologyTestDriver(topology.build(), properties, START);
    }

    static LiveLineup<LoadedModel> lineup(UseCase useCase, SpeedPath path) {
        return new LiveLineup<>(useCase.name(), version -> LoadedModel.load(version, path.features()));
    }

    /** From the next event on, this version is live. */
    void goesLive(ModelVersion version) {
        take(ModelKey.live(useCase.name()), Wire.MODEL_VERSION.encode(version));
    }

    /** A record of the model topic. */
    void take(ModelKey key, byte[] value) {
        try {
            live.take(key, value);
        } catch (UnusableModelException e) {
            throw new AssertionError(e);
        }
    }

    static SpeedSettings settings(Path state) {
        return new SmallRyeConfigBuilder()
                .withMapping(SpeedSettings.class)
                .withDefaultValue("anabranch.state-dir", state.toString())
                .build()
                .getConfigMapping(SpeedSettings.class);
    }

    /** Appends an event to its topic at {@code arrivalMillis} and lets it pass through. */
    <E extends SpecificRecord> Position event(EventType<E> type, E event, long arrivalMillis) {
        type.check(event, arrivalMillis).ifPresent(broken -> {
            throw new IllegalArgumentException("What the oracle folds must be an event: " + broken);
        });
        Position position = Position.of(type.topic(), 0, offsets.getOrDefault(type.topic(), 0L));
        log.add(new NaiveFold.Entry(position, arrivalMillis, event));
        record(type.topic(), bytes(type.key(event)), type.encode(event), arrivalMillis);
        return position;
    }

    Position pays(String id, String customer, String terminal, long cents, long atMillis) {
        return event(FraudEvents.TRANSACTION, new Transaction(id, atMillis, customer, terminal, cents), atMillis);
    }

    Position labels(String id, String customer, String terminal, long paidMillis, long atMillis, boolean fraud) {
        return event(
                FraudEvents.FRAUD_LABEL, new FraudLabel(id, atMillis, paidMillis, customer, terminal, fraud), atMillis);
    }

    /** Appends a record of any kind. */
    void record(String topic, byte[] key, byte[] value, long arrivalMillis) {
        offsets.merge(topic, 1L, Long::sum);
        driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput(key, value, arrivalMillis);
        useCase.events().stream()
                .filter(EventType::isDerived)
                .filter(type ->
                        useCase.views().stream().anyMatch(view -> view.topics().contains(type.topic())))
                .forEach(this::logDerived);
    }

    /** Appends records that are no events until the next one gets {@code offset}. */
    void skipTo(EventType<?> type, long offset) {
        while (offsets.getOrDefault(type.topic(), 0L) < offset) {
            record(type.topic(), null, null, 0);
        }
    }

    /** Everything appended so far, as a cut. */
    Cut end() {
        Map<Origin, Long> end = new HashMap<>();
        useCase.events().forEach(type -> end.put(new Origin(type.topic(), 0), offsets.getOrDefault(type.topic(), 0L)));
        return Cut.of(end);
    }

    /** Publishes a generation of {@code view} computed from the log before {@code cut}, changed rows only. */
    <A> void publish(View<A> view, long generation, Cut previous, Cut cut, long atMillis) {
        cuts.put(view.name() + " " + generation, cut);
        batch(
                view,
                ViewKeys.header(generation),
                Wire.BATCH_HEADER.encode(
                        new BatchHeader(view.name(), generation, Cuts.write(cut), 0L, view.fingerprint(), atMillis)),
                atMillis);
        Map<String, SortedMap<Long, A>> before = tiles(view, previous);
        tiles(view, cut).forEach((entity, tiles) -> {
            if (!tiles.equals(before.get(entity))) {
                byte[] row = Tiles.of(view, tiles).toBytes();
                batch(
                        view,
                        ViewKeys.row(entity),
                        Wire.BATCH_ROW.encode(new BatchRow(generation, ByteBuffer.wrap(row))),
                        atMillis);
            }
        });
        footer(view, generation, previous, atMillis);
    }

    /** What a published generation was cut at; generation 0 is the one before the first. */
    Cut cutOf(View<?> view, long generation) {
        return generation == 0 ? Cut.NOTHING : cuts.get(view.name() + " " + generation);
    }

    void footer(View<?> view, long generation, Cut floor, long atMillis) {
        batch(
                view,
                ViewKeys.FOOTER,
                Wire.BATCH_FOOTER.encode(new BatchFooter(generation, Cuts.write(floor))),
                atMillis);
    }

    private void batch(View<?> view, byte[] key, byte[] value, long atMillis) {
        String topic = Topics.batchView(view.name());
        written.computeIfAbsent(topic, t -> new ArrayList<>()).add(new TestRecord<>(key, value));
        record(topic, key, value, atMillis);
    }

    private <A> Map<String, SortedMap<Long, A>> tiles(View<A> view, Cut cut) {
        Map<String, SortedMap<Long, A>> tiles = new TreeMap<>();
        for (NaiveFold.Entry entry : log) {
            if (cut.includes(entry.position())) {
                for (Contribution<A> c :
                        view.contributions(entry.position().origin().topic(), entry.event())) {
                    tiles.computeIfAbsent(c.entity(), e -> new TreeMap<>())
                            .merge(c.tileStart(), c.aggregate(), view.monoid()::plus);
                }
            }
        }
        return tiles;
    }

    /** Everything stands where a sweep would look for it: nothing is on its way between two records. */
    void sweep() throws InterruptedException {
        sweeps.sweep(() -> true);
    }

    void passTime(Duration duration) {
        driver.advanceWallClockTime(duration);
    }

    /** Every record written to the speed view so far, in order: what a reader of the topic sees. */
    List<TestRecord<byte[], byte[]>> speedTopic(View<?> view) {
        return read(Topics.speedView(view.name()));
    }

    /** Every record of the batch view so far, in order. */
    List<TestRecord<byte[], byte[]>> batchTopic(View<?> view) {
        return written.getOrDefault(Topics.batchView(view.name()), List.of());
    }

    List<Prediction> predictions() {
        return read(Topics.predictions(useCase.name())).stream()
                .map(record -> Wire.PREDICTION.decode(record.value()))
                .toList();
    }

    /** Every outcome so far. */
    List<Outcome> outcomes() {
        return logged(FraudEvents.OUTCOME);
    }

    /** Every event of a type so far. */
    <E extends SpecificRecord> List<E> logged(EventType<E> type) {
        return log.stream()
                .map(NaiveFold.Entry::event)
                .filter(type.type()::isInstance)
                .map(type::cast)
                .toList();
    }

    /** What the topology has appended itself is part of the log: the driver has handed it to who reads it. */
    private <E extends SpecificRecord> void logDerived(EventType<E> type) {
        List<TestRecord<byte[], byte[]>> all = read(type.topic());
        for (int next = derivedLogged.getOrDefault(type, 0); next < all.size(); next++) {
            TestRecord<byte[], byte[]> record = all.get(next);
            Admission<E> admission = type.admit(record.key(), record.value(), record.timestamp());
            log.add(new NaiveFold.Entry(
                    Position.of(type.topic(), 0, offsets.getOrDefault(type.topic(), 0L)),
                    record.timestamp(),
                    ((Admission.Admitted<E>) admission).event()));
            offsets.merge(type.topic(), 1L, Long::sum);
        }
        derivedLogged.put(type, all.size());
    }

    List<TestRecord<byte[], byte[]>> read(String topic) {
        List<TestRecord<byte[], byte[]>> all = written.computeIfAbsent(topic, t -> new ArrayList<>());
        all.addAll(outputs.computeIfAbsent(
                        topic,
                        t -> driver.createOutputTopic(t, new ByteArrayDeserializer(), new ByteArrayDeserializer()))
                .readRecordsToList());
        return all;
    }

    /** Every topic something was written to. */
    Set<String> topicsWritten() {
        return new TreeSet<>(driver.producedTopicNames());
    }

    double counted(String meter, String... tags) {
        return metrics.get(meter).tags(tags).counter().count();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        driver.close();
        live.close();
    }
}
