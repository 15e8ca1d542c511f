package dev.anabranch.speed;

import static dev.anabranch.fraud.FraudEvents.FRAUD_LABEL;
import static dev.anabranch.fraud.FraudEvents.TRANSACTION;
import static dev.anabranch.fraud.FraudViews.CUSTOMER;
import static dev.anabranch.fraud.FraudViews.TERMINAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.aggregate.Count;
import dev.anabranch.contract.SpeedFloor;
import dev.anabranch.contract.SpeedProgress;
import dev.anabranch.contract.Wire;
import dev.anabranch.event.EventType;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.fraud.TerminalActivity;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.fraud.speed.FraudPath;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.MemoryKeyValues;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.Reading;
import dev.anabranch.view.Source;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewKeys;
import dev.anabranch.view.ViewReader;
import dev.anabranch.view.Window;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpeedTopologyTest {
    private static final long NOW = Rig.START.toEpochMilli();
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final Origin PAYMENTS = new Origin(TRANSACTION.topic(), 0);
    private static final Origin LABELS = new Origin(FRAUD_LABEL.topic(), 0);
    private static final String TO_TERMINAL = "speed.fraud-terminal-of-transaction-repartition";

    @TempDir
    private Path state;

    @Test
    void anEventIsFoldedIntoTheCellsOfItsCustomerAndItsTerminal() {
        try (Rig rig = new Rig(state)) {
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            rig.pays("t2", "c-1", "w-2", 700, NOW + 5);

            Reading<CustomerActivity> customer = read(rig, CUSTOMER, "c-1", NOW + 6);
            assertThat(customer.merged().get(0)).isEqualTo(new CustomerActivity(2, 1200));
            assertThat(customer.last()).isEqualTo(Map.of(PAYMENTS, 1L));
            Reading<TerminalActivity> terminal = read(rig, TERMINAL, "w-2", NOW + 6 + 7 * DAY);
            assertThat(terminal.merged().get(0)).isEqualTo(new TerminalActivity(1, 0));
            assertThat(terminal.last()).isEqualTo(Map.of(PAYMENTS, 1L));
        }
    }

    @Test
    void aKnownFraudCountsWhereAndWhenThePaymentWasMade() {
        try (Rig rig = new Rig(state)) {
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            rig.labels("t1", "c-1", "w-1", NOW, NOW + 7 * DAY, true);
            rig.labels("t0", "c-1", "w-1", NOW - 1, NOW + 7 * DAY, false);

            Reading<TerminalActivity> terminal = read(rig, TERMINAL, "w-1", NOW + 7 * DAY + 1);
            assertThat(terminal.merged().get(0)).isEqualTo(new TerminalActivity(1, 1));
            assertThat(terminal.last()).isEqualTo(Map.of(PAYMENTS, 0L, LABELS, 0L));
        }
    }

    @Test
    void theSpeedViewIsTheChangelogAndOnlyCasesHaveOneBeside() {
        try (Rig rig = new Rig(state)) {
            rig.goesLive(Models.version(1));
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            rig.publish(CUSTOMER, 1, Cut.NOTHING, Cut.NOTHING, NOW);

            assertThat(rig.topicsWritten())
                    .containsExactlyInAnyOrder(
                            "speed.fraud-customer-changelog",
                            "speed.fraud-terminal-changelog",
                            "speed.fraud-cases-changelog",
                            TO_TERMINAL,
                            "predictions.fraud");
        }
    }

    @Test
    void aRepartitionedEventKeepsItsOriginAndArrival() {
        try (Rig rig = new Rig(state)) {
            rig.goesLive(Models.version(1));
            rig.skipTo(TRANSACTION, 41);
            rig.pays("t1", "c-1", "w-1", 500, NOW);

            TestRecord<byte[], byte[]> travelled = rig.read(TO_TERMINAL).get(0);
            assertThat(travelled.key()).isEqualTo(Rig.bytes("w-1"));
            Passing<Transaction> passing = passing(travelled.value());
            assertThat(passing.position()).isEqualTo(new Position(PAYMENTS, 41));
            assertThat(passing.arrivalMillis()).isEqualTo(NOW);
            assertThat(passing.event().getTransactionId()).isEqualTo("t1");
            assertThat(passing.readings().orElseThrow().of(CUSTOMER).get(0)).isEqualTo(CustomerActivity.EMPTY);
        }
    }

    @Test
    void whatIsNoEventIsSkippedAndCounted() {
        try (Rig rig = new Rig(state)) {
            Transaction payment = new Transaction("t1", NOW, "c-1", "w-1", 500L);
            rig.record(TRANSACTION.topic(), Rig.bytes("c-1"), Rig.bytes("no Avro"), NOW);
            rig.record(TRANSACTION.topic(), Rig.bytes("c-2"), TRANSACTION.encode(payment), NOW);
            rig.record(TRANSACTION.topic(), null, TRANSACTION.encode(payment), NOW);
            rig.record(TRANSACTION.topic(), Rig.bytes("c-1"), null, NOW);
            rig.record(TRANSACTION.topic(), Rig.bytes("c-1"), TRANSACTION.encode(payment), NOW - 300_001);
            rig.pays("t2", "c-1", "w-1", 700, NOW);

            assertThat(rig.counted("anabranch.speed.refused", "event.type", "transaction"))
                    .isEqualTo(5);
            Reading<CustomerActivity> customer = read(rig, CUSTOMER, "c-1", NOW + 1);
            assertThat(customer.merged().get(0)).isEqualTo(new CustomerActivity(1, 700));
            assertThat(customer.last()).isEqualTo(Map.of(PAYMENTS, 5L));
        }
    }

    @Test
    void anEventThatComesTwiceStopsTheTaskWithBothOffsetsNamed() {
        try (Rig rig = new Rig(state)) {
            byte[] first = travelling("w-1", 41);
            rig.record(TO_TERMINAL, Rig.bytes("w-1"), first, NOW);
            assertThatThrownBy(() -> rig.record(TO_TERMINAL, Rig.bytes("w-1"), first, NOW))
                    .isInstanceOf(StreamsException.class)
                    .rootCause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("events up to offset 41")
                    .hasMessageContaining("got 41")
                    .satisfies(cause -> assertThat(new FailurePolicy().handle(cause))
                            .isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT));
        }
    }

    @Test
    void aCompleteGenerationPrunesBehindTheOneBeforeItAndSaysSoFirst() {
        try (Rig rig = new Rig(state)) {
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            rig.skipTo(TRANSACTION, 1024);
            rig.pays("t2", "c-1", "w-1", 700, NOW + 1);
            rig.skipTo(TRANSACTION, 2048);
            rig.pays("t3", "c-1", "w-1", 900, NOW + 2);
            Cut first = Cut.of(Map.of(PAYMENTS, 1024L));
            Cut second = Cut.of(Map.of(PAYMENTS, 2048L));
            rig.publish(CUSTOMER, 1, Cut.NOTHING, first, NOW + 3);
            assertThat(rig.speedTopic(CUSTOMER))
                    .as("nothing pruned yet")
                    .allSatisfy(r -> assertThat(r.value()).isNotNull());

            int before = rig.speedTopic(CUSTOMER).size();
            rig.publish(CUSTOMER, 2, first, second, NOW + 4);
            List<TestRecord<byte[], byte[]>> after = rig.speedTopic(CUSTOMER);
            assertThat(after).hasSize(before + 1);
            SpeedFloor floor = Wire.SPEED_FLOOR.decode(after.get(before).value());
            assertThat(after.get(before).key()).isEqualTo(ViewKeys.FLOOR);
            assertThat(Cuts.read(floor.getCut())).isEqualTo(first);

            rig.passTime(Duration.ofMillis(100));
            after = rig.speedTopic(CUSTOMER);
            assertThat(after).hasSize(before + 2);
            assertThat(after.get(before + 1).value())
                    .as("the tombstone of t1's cell")
                    .isNull();

            Reading<CustomerActivity> customer = read(rig, CUSTOMER, "c-1", NOW + 5);
            assertThat(customer.exact()).isTrue();
            assertThat(customer.merged().get(0)).isEqualTo(new CustomerActivity(3, 2100));
            assertThat(customer.speed().get(0)).isEqualTo(new CustomerActivity(1, 900));
        }
    }

    @Test
    void manyCellsGoInStepsAndEventsAreFoldedInBetween() {
        try (Rig rig = new Rig(state)) {
            for (int i = 0; i < 600; i++) {
                rig.pays("t" + i, "c-" + i, "w-1", 500, NOW);
            }
            rig.skipTo(TRANSACTION, 2048);
            Cut first = Cut.of(Map.of(PAYMENTS, 1024L));
            rig.publish(CUSTOMER, 1, Cut.NOTHING, first, NOW + 1);
            rig.publish(CUSTOMER, 2, first, Cut.of(Map.of(PAYMENTS, 2048L)), NOW + 2);
            assertThat(tombstones(rig)).isZero();

            rig.passTime(Duration.ofMillis(100));
            assertThat(tombstones(rig)).isEqualTo(250);
            rig.pays("between", "c-0", "w-1", 700, NOW + 3);
            Reading<CustomerActivity> between = read(rig, CUSTOMER, "c-0", NOW + 4);
            assertThat(between.exact()).isTrue();
            assertThat(between.merged().get(0)).isEqualTo(new CustomerActivity(2, 1200));

            rig.passTime(Duration.ofMillis(100));
            rig.passTime(Duration.ofMillis(100));
            assertThat(tombstones(rig)).isEqualTo(600);

            rig.skipTo(TRANSACTION, 3072);
            Cut third = Cut.of(Map.of(PAYMENTS, 3072L));
            rig.publish(CUSTOMER, 3, Cut.of(Map.of(PAYMENTS, 2048L)), third, NOW + 5);
            rig.publish(CUSTOMER, 4, third, third, NOW + 6);
            rig.passTime(Duration.ofMillis(100));
            assertThat(tombstones(rig)).as("it begins again when it was done").isEqualTo(601);
        }
    }

    private static long tombstones(Rig rig) {
        return rig.speedTopic(CUSTOMER).stream().filter(r -> r.value() == null).count();
    }

    @Test
    void withinASecondOfAnEventItsViewShowsALifeSignWithItsNewestArrival() throws Exception {
        try (Rig rig = new Rig(state)) {
            rig.pays("t1", "c-1", "w-1", 500, NOW + 3);
            rig.labels("t0", "c-1", "w-1", NOW, NOW + 7, true);
            rig.passTime(Duration.ofSeconds(1));

            assertThat(progress(rig, CUSTOMER)).isEqualTo(new SpeedProgress(NOW + 1000, NOW + 3));
            rig.sweep();
            rig.passTime(Duration.ofSeconds(1));
            assertThat(progress(rig, TERMINAL)).isEqualTo(new SpeedProgress(NOW + 2000, NOW + 7));
        }
    }

    @Test
    void whileNothingHappensALifeSignIsShownEveryFiveSecondsAndWithinOneOfTheNextEvent() {
        try (Rig rig = new Rig(state)) {
            rig.pays("t1", "c-1", "w-1", 500, NOW + 3);
            for (int second = 1; second <= 22; second++) {
                rig.passTime(Duration.ofSeconds(1));
            }
            assertThat(lifeSigns(rig))
                    .containsExactly(NOW + 1_000, NOW + 5_000, NOW + 10_000, NOW + 15_000, NOW + 20_000);

            rig.pays("t2", "c-1", "w-1", 500, NOW + 22_003);
            rig.passTime(Duration.ofSeconds(1));
            assertThat(progress(rig, CUSTOMER)).isEqualTo(new SpeedProgress(NOW + 23_000, NOW + 22_003));
        }
    }

    private static Stream<Long> lifeSigns(Rig rig) {
        return rig.speedTopic(CUSTOMER).stream()
                .filter(r -> Arrays.equals(r.key(), ViewKeys.PROGRESS))
                .map(r -> Wire.SPEED_PROGRESS.decode(r.value()).getAtMillis());
    }

    @Test
    void theNewestArrivalOfOneOriginIsNotToldWhileAnotherMayBeBehind() throws Exception {
        try (Rig rig = new Rig(state)) {
            rig.labels("t0", "c-1", "w-1", NOW, NOW + 7, true);
            rig.passTime(Duration.ofSeconds(1));
            assertThat(progress(rig, TERMINAL).getNewestArrivalMillis())
                    .as("a payment that arrived at +5 may be travelling")
                    .isZero();

            rig.sweeps.sweep(() -> {
                rig.record(TO_TERMINAL, Rig.bytes("w-1"), travelling("w-1", 41, NOW + 5), NOW + 8);
                rig.labels("t0", "c-1", "w-1", NOW, NOW + 9, true);
                rig.passTime(Duration.ofSeconds(1));
                assertThat(progress(rig, TERMINAL).getNewestArrivalMillis())
                        .as("the sweep is not over")
                        .isZero();
                return false;
            });
            rig.passTime(Duration.ofSeconds(1));
            assertThat(progress(rig, TERMINAL).getNewestArrivalMillis())
                    .as("what was seen before the sweep began, and no more")
                    .isEqualTo(NOW + 7);
            rig.sweep();
            rig.passTime(Duration.ofSeconds(1));
            assertThat(progress(rig, TERMINAL).getNewestArrivalMillis()).isEqualTo(NOW + 9);
        }
    }

    @Test
    void anOriginThatIsSilentDoesNotHoldTheOthersBack() throws Exception {
        try (Rig rig = new Rig(state)) {
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            for (int second = 1; second <= 5; second++) {
                rig.labels("t0", "c-1", "w-1", NOW, NOW + second, true);
                rig.passTime(Duration.ofSeconds(1));
                rig.sweep();
            }
            rig.passTime(Duration.ofSeconds(1));
            assertThat(progress(rig, TERMINAL).getNewestArrivalMillis()).isEqualTo(NOW + 5);
        }
    }

    @Test
    void aSweepThatFailsProvesNothing() throws Exception {
        Sweeps sweeps = new Sweeps();
        sweeps.sweep(() -> {
            throw new ExecutionException(new IllegalStateException("the broker is away"));
        });
        assertThat(sweeps.over(1)).isFalse();
        assertThat(sweeps.next()).isEqualTo(2);
    }

    @Test
    void anEventAboutSeveralEntitiesTravelsToEachOfThem() {
        try (Rig rig = new Rig(new Parties(), new PartiesPath(true), state)) {
            rig.pays("t1", "x", "y", 500, NOW);
            rig.pays("t2", "y", "y", 500, NOW);
            rig.pays("t3", "y", "x", 500, NOW + 1);

            assertThat(read(rig, Parties.PARTY, "x", NOW + 2).merged().get(0)).isEqualTo(new Count(2));
            assertThat(read(rig, Parties.PARTY, "y", NOW + 2).merged().get(0)).isEqualTo(new Count(4));
        }
    }

    @Test
    void whatIsFoldedIsAskedToBeCommittedSoon() {
        Duration poll = Duration.ofSeconds(1);
        try (Rig rig = new Rig(new Parties(), new PartiesPath(true), state)) {
            assertThat(rig.pace.wait(poll)).isEqualTo(poll);
            rig.pays("t1", "x", "y", 500, NOW);
            assertThat(rig.pace.wait(poll)).isLessThan(poll);
        }
    }

    @Test
    void anEventOfAnotherEntityThatDidNotTravelStopsTheTask() {
        try (Rig rig = new Rig(new Parties(), new PartiesPath(false), state)) {
            assertThatThrownBy(() -> rig.pays("t1", "x", "y", 500, NOW))
                    .rootCause()
                    .hasMessage("An event that test.party folds where it is must be about its key 'x', got 'y' at "
                            + "events.transaction-0@0; let it travel with rekeyedBy(test.party)");
        }
    }

    @Test
    void aTopicThatAViewReadsAndThePathForgotIsNamedAtTheStart() {
        SpeedTopology speed = topology();
        speed.events(TRANSACTION).fold(CUSTOMER).rekeyedBy(TERMINAL).fold(TERMINAL);
        assertThatThrownBy(speed::build)
                .hasMessage("View fraud.terminal must be folded from every topic it reads, missing "
                        + "[events.fraud-label]; draw events(...).fold(fraud.terminal)");
    }

    @Test
    void aTopicIsFoldedIntoAViewOnceAndOnlyIfTheViewReadsIt() {
        EventStream<Transaction> payments = topology().events(TRANSACTION).fold(CUSTOMER);
        assertThatThrownBy(() -> payments.fold(CUSTOMER))
                .hasMessage("View fraud.customer must fold events.transaction once, got it twice");
        assertThatThrownBy(() -> topology().events(FRAUD_LABEL).fold(CUSTOMER))
                .hasMessageContaining("got fraud.customer of [events.transaction]");
    }

    @Test
    void theFraudPathIsComplete() {
        SpeedTopology speed = topology();
        new FraudPath().draw(speed);
        assertThat(speed.build().describe().subtopologies())
                .as("one task for customers, terminals and versions each, and one that learns")
                .hasSize(4);
    }

    /** Where a view begins that is new to an application depends on it: what travels may come from any partition. */
    @Test
    void aViewIsFoldedWhereEventsLieOnlyIfNoneOfThemTravels() {
        SpeedTopology topology = topology();
        new FraudPath().draw(topology);

        assertThat(new FraudUseCase().views())
                .filteredOn(topology::foldsWhereEventsLie)
                .extracting(View::name)
                .containsExactlyInAnyOrder("fraud.customer", "fraud.outcomes");
    }

    private static SpeedTopology topology() {
        return new SpeedTopology(
                new FraudUseCase(),
                StoreKind.MEMORY,
                4,
                Rig.lineup(new FraudUseCase(), new FraudPath()),
                new Mirrors(Rig.ALL_READ, Duration.ofMinutes(30)),
                new Sweeps(),
                new CommitPace(Duration.ofMillis(25), System::nanoTime),
                OptionalInt.of(1_000),
                new SimpleMeterRegistry());
    }

    private static byte[] travelling(String terminal, long offset) {
        return travelling(terminal, offset, NOW);
    }

    private static byte[] travelling(String terminal, long offset, long arrivalMillis) {
        Transaction payment = new Transaction("t", NOW, "c-1", terminal, 500L);
        Passing<Transaction> passing = new Passing<>(
                payment, TRANSACTION.encode(payment), new Position(PAYMENTS, offset), arrivalMillis, Optional.empty());
        return serde().serializer().serialize(TO_TERMINAL, passing);
    }

    private static Passing<Transaction> passing(byte[] travelled) {
        return serde().deserializer().deserialize(TO_TERMINAL, travelled);
    }

    private static PassingSerde<Transaction> serde() {
        return new PassingSerde<>(TRANSACTION, new FraudUseCase().views());
    }

    private static SpeedProgress progress(Rig rig, View<?> view) {
        return rig.speedTopic(view).stream()
                .filter(r -> Arrays.equals(r.key(), ViewKeys.PROGRESS))
                .reduce((earlier, later) -> later)
                .map(r -> Wire.SPEED_PROGRESS.decode(r.value()))
                .orElseThrow();
    }

    private static <A> Reading<A> read(Rig rig, View<A> view, String entity, long atMillis) {
        return new ViewReader<>(view, applied(rig.batchTopic(view)), applied(rig.speedTopic(view)))
                .read(entity, atMillis);
    }

    static MemoryKeyValues applied(List<TestRecord<byte[], byte[]>> records) {
        MemoryKeyValues values = new MemoryKeyValues();
        for (TestRecord<byte[], byte[]> record : records) {
            if (record.value() == null) {
                values.delete(record.key());
            } else {
                values.put(record.key(), record.value());
            }
        }
        return values;
    }

    /** Whoever takes part in a payment, on either side of it. */
    private static final class Parties implements UseCase {
        static final View<Count> PARTY = View.named("test.party", Count.MONOID)
                .from(Source.of(TRANSACTION).by(Transaction::getCustomerId).as(payment -> Count.ONE))
                .from(Source.of(TRANSACTION).by(Transaction::getTerminalId).as(payment -> Count.ONE))
                .over(Window.last(Duration.ofDays(1)))
                .declare();

        @Override
        public String name() {
            return "test";
        }

        @Override
        public List<EventType<?>> events() {
            return List.of(TRANSACTION);
        }

        @Override
        public List<View<?>> views() {
            return List.of(PARTY);
        }
    }

    private record PartiesPath(boolean travel) implements SpeedPath {
        @Override
        public String useCase() {
            return "test";
        }

        @Override
        public List<String> features() {
            return List.of();
        }

        @Override
        public void draw(SpeedTopology speed) {
            EventStream<Transaction> payments = speed.events(TRANSACTION);
            (travel ? payments.rekeyedBy(Parties.PARTY) : payments).fold(Parties.PARTY);
        }
    }
}
