package dev.anabranch.view.simulation;

import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Known;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.Reading;
import dev.anabranch.view.Source;
import dev.anabranch.view.View;
import dev.anabranch.view.Window;
import dev.anabranch.view.oracle.NaiveFold;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** The platform in one thread. {@link #run} plays a schedule on a fresh one and checks every answer it gives. */
public final class Simulation {
    static final int ENTITIES = 5;
    static final int READERS = 2;
    /** How old a record's successor must be before compaction may remove the record, by the broker's clock. */
    static final long WHOLE_FOR = 100;

    /** Event times move on by up to this much from event to event, in milliseconds. */
    private static final int PACE = 100;

    static final View<CustomerActivity> VIEW = View.named("simulation.customer", CustomerActivity.MONOID)
            .from(Source.of(FraudEvents.TRANSACTION)
                    .by(Transaction::getCustomerId)
                    .as(CustomerActivity::of))
            .from(Source.of(FraudEvents.FRAUD_LABEL)
                    .by(FraudLabel::getCustomerId)
                    .at(FraudLabel::getTransactionTimeMillis)
                    .as(label -> new CustomerActivity(0, 1)))
            .over(
                    Window.last(Duration.ofMillis(200)),
                    Window.last(Duration.ofMillis(400)).delayedBy(Duration.ofMillis(50)),
                    Window.last(Duration.ofMillis(300)).hopping(Duration.ofMillis(10)))
            .keptFor(Duration.ofMillis(100))
            .declare();

    private final Set<Mutation> mutations;
    /** Offsets rise by this much from event to event: two to four events to a block, and gaps as transactions leave them. */
    private final long stride;

    private final List<Origin> origins;
    private final Map<Origin, List<NaiveFold.Entry>> log = new HashMap<>();
    private final Map<String, List<NaiveFold.Entry>> logByEntity = new HashMap<>();
    private final SimulatedBatch batch;
    private final List<SimulatedForwarder> forwarders = new ArrayList<>();
    private final List<SimulatedTopic> batchTopics = new ArrayList<>();
    private final List<SimulatedSpeed> speed = new ArrayList<>();
    private final List<SimulatedReader> readers = new ArrayList<>();
    private final SimulatedClock clock = new SimulatedClock();
    private long now;
    private int produced;
    private int exact;
    private int flagged;
    private int refused;

    private Simulation(Action shape, Set<Mutation> mutations) {
        this.mutations = mutations;
        stride = Cut.BLOCK / (2 + shape.c() % 3);
        int partitions = 1 + shape.b() % 3;
        origins = IntStream.rangeClosed(0, 1 + shape.a() % 3)
                .mapToObj(i -> new Origin(
                        i % 2 == 0 ? FraudEvents.TRANSACTION.topic() : FraudEvents.FRAUD_LABEL.topic(), i / 2))
                .toList();
        origins.forEach(origin -> log.put(origin, new ArrayList<>()));
        for (int p = 0; p < partitions; p++) {
            batchTopics.add(new SimulatedTopic());
            speed.add(new SimulatedSpeed(p, batchTopics.get(p), mutations, clock));
        }
        origins.forEach(origin -> forwarders.add(new SimulatedForwarder(origin, log, speed, mutations)));
        batch = new SimulatedBatch(log, batchTopics, mutations, clock);
        for (int r = 0; r < READERS; r++) {
            readers.add(new SimulatedReader(batchTopics, speed, mutations));
            readers.get(r).look(clock.now());
        }
    }

    /** Plays {@code schedule}; its first action only gives the platform its shape. */
    public static Outcome run(List<Action> schedule, Set<Mutation> mutations) {
        Simulation simulation = new Simulation(schedule.get(0), mutations);
        for (int i = 1; i < schedule.size(); i++) {
            try {
                Optional<String> broken = simulation.play(schedule.get(i));
                if (broken.isPresent()) {
                    return simulation.outcome(Optional.of(new Outcome.Failure(i, broken.get())));
                }
            } catch (IllegalStateException stopped) { // a cell that was given an event twice
                return simulation.outcome(Optional.of(new Outcome.Failure(i, stopped.getMessage())));
            }
        }
        return simulation.outcome(Optional.empty());
    }

    private Outcome outcome(Optional<Outcome.Failure> failure) {
        return new Outcome(exact, flagged, refused, failure);
    }

    private Optional<String> play(Action action) {
        int a = action.a();
        switch (action.kind()) {
            case PRODUCE -> produce(action);
            case FORWARD -> pick(forwarders, a).forward(1 + action.b() % 4);
            case COMMIT_FORWARD -> pick(forwarders, a).commit();
            case CRASH_FORWARD -> pick(forwarders, a).crash();
            case FOLD -> pick(speed, a).step(action.b(), 1 + action.c() % 4);
            case COMMIT_FOLD -> pick(speed, a).commit();
            case CRASH_FOLD -> pick(speed, a).crash();
            case PAUSE -> pick(speed, a).pause();
            case REVIVE -> pick(speed, a).revive();
            case ARCHIVE -> batch.archive(pick(origins, a), action.b());
            case START_BATCH -> batch.start();
            case PUBLISH -> batch.publish(some(a));
            case CRASH_BATCH -> batch.crash();
            case READ_BATCH -> pick(readers, a).readBatch(action.b(), some(action.c()), clock.now());
            case READ_SPEED -> pick(readers, a).readSpeed(action.b(), some(action.c()), clock.now());
            case LOOK -> pick(readers, a).look(clock.now());
            case RESTART_READER -> pick(readers, a).restart(action.b());
            case PASS_TIME -> clock.pass(a % (2 * WHOLE_FOR));
            case COMPACT -> compact(action.b() % 2 == 0 ? pick(batchTopics, a) : pick(speed, a).changelog);
            case QUERY -> {
                return query(pick(readers, a), entity(action.b()), action.c());
            }
            default -> throw new AssertionError(action.kind());
        }
        return Optional.empty();
    }

    private void produce(Action action) {
        Origin origin = pick(origins, action.a());
        now += action.b() % PACE;
        long late = action.c() % 3 == 0 ? action.c() % 997 : 0;
        long time = Math.max(0, now - late);
        String entity = entity(Math.min(action.b() / PACE % ENTITIES, action.c() / 3 % ENTITIES)); // some are rare
        List<NaiveFold.Entry> partition = log.get(origin);
        long offset = partition.size() * stride + action.c() % stride;
        String id = "e" + produced++;
        NaiveFold.Entry entry = new NaiveFold.Entry(
                new Position(origin, offset),
                now,
                origin.topic().equals(FraudEvents.TRANSACTION.topic())
                        ? new Transaction(id, time, entity, "w", 1L << (produced % 40))
                        : new FraudLabel(id, now, time, entity, "w", true));
        partition.add(entry);
        logByEntity.computeIfAbsent(entity, e -> new ArrayList<>()).add(entry);
    }

    /** A few records, or all there are. */
    private static int some(int number) {
        return number % 3 == 0 ? Integer.MAX_VALUE : 1 + number % 5;
    }

    private void compact(SimulatedTopic topic) {
        long until = mutations.contains(Mutation.COMPACTED_WITHOUT_DELAY) ? clock.now() : clock.now() - WHOLE_FOR - 1;
        topic.compact(until, until - WHOLE_FOR);
    }

    private Optional<String> query(SimulatedReader reader, String entity, int moment) {
        long at = Math.max(0, now + 50 - moment % 800);
        int partition = partitionOf(entity, speed.size());
        SimulatedReader.Told told = reader.ask(partition, entity, at);
        if (told.notWhole().isPresent()) {
            refused++;
            return Optional.empty();
        }
        Reading<CustomerActivity> reading = told.reading();
        if (!reading.exact()) {
            flagged++;
            return reader.brokenPromise(partition, entity, reading);
        }
        exact++;
        List<NaiveFold.Entry> events = logByEntity.getOrDefault(entity, List.of());
        List<CustomerActivity> expected = NaiveFold.fold(VIEW, events, Known.upTo(reading.asOf()), entity, at);
        if (reading.merged().values().equals(expected)) {
            return reader.brokenPromise(partition, entity, reading);
        }
        return Optional.of("'" + entity + "' at " + at + " as of " + reading.asOf() + " in generation "
                + reading.generation() + ": expected " + expected + ", got "
                + reading.merged().values());
    }

    static String entity(int number) {
        return "c" + number % ENTITIES;
    }

    static int partitionOf(String entity, int partitions) {
        return (entity.charAt(1) * 7 + 3) % partitions;
    }

    private static <T> T pick(List<T> from, int number) {
        return from.get(number % from.size());
    }
}
