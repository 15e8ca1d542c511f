package dev.anabranch.speed;

import static dev.anabranch.fraud.FraudEvents.FRAUD_LABEL;
import static dev.anabranch.fraud.FraudEvents.TRANSACTION;
import static dev.anabranch.fraud.FraudViews.CUSTOMER;
import static dev.anabranch.fraud.FraudViews.TERMINAL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.ViewReading;
import dev.anabranch.event.EventType;
import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Known;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Reading;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import dev.anabranch.view.oracle.NaiveFold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.apache.kafka.common.utils.Utils;

/**
 * Random logs through the whole topology: payments and labels, late and simultaneous ones, records that are no events,
 * generations published at any moment at any cut, a model that comes at some point. A reader at its own pace over the
 * two topics of a view must agree with the naive fold, and so must every prediction.
 */
class SpeedLawTest {
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final int SPAN_DAYS = 45;
    private static final List<String> CUSTOMERS = List.of("c-1", "c-2", "c-10");
    private static final List<String> TERMINALS = List.of("w-1", "w-2");

    @Property(tries = 25, shrinking = ShrinkingMode.OFF)
    void mergedViewsAndPredictionsEqualTheNaiveFold(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        Path state = Files.createTempDirectory("speed-law");
        try (Rig rig = new Rig(state)) {
            PacedReader<?> customers = new PacedReader<>(rig, CUSTOMER, CUSTOMERS, SPAN_DAYS * DAY);
            PacedReader<?> terminals = new PacedReader<>(rig, TERMINAL, TERMINALS, SPAN_DAYS * DAY);
            Map<String, Integer> logBefore = new HashMap<>();
            long now = Rig.START.toEpochMilli();
            int steps = 150 + random.nextInt(150);
            int modelComes = random.nextInt(steps);
            for (int step = 0; step < steps; step++) {
                if (step == modelComes) {
                    rig.goesLive(Models.version(1));
                }
                now += (long) (random.nextDouble() * 2 * SPAN_DAYS * DAY / steps);
                switch (random.nextInt(10)) {
                    case 0 -> skip(random, rig, TRANSACTION);
                    case 1 -> skip(random, rig, FRAUD_LABEL);
                    case 2 -> customers.publish(random, now);
                    case 3 -> terminals.publish(random, now);
                    case 4 -> {
                        customers.check(random, now);
                        terminals.check(random, now);
                    }
                    case 5, 6 -> label(random, rig, now);
                    default -> {
                        logBefore.put("t" + step, rig.log.size());
                        pay(random, rig, "t" + step, now);
                    }
                }
            }
            customers.catchUp(now);
            terminals.catchUp(now);
            rig.predictions().forEach(prediction -> check(rig, prediction, logBefore.get(prediction.getEventId())));
            long scorable = logBefore.keySet().stream()
                    .filter(id -> Integer.parseInt(id.substring(1)) >= modelComes)
                    .count();
            assertThat(rig.predictions()).hasSize((int) scorable);
        } finally {
            Utils.delete(state.toFile());
        }
    }

    private static void pay(Random random, Rig rig, String id, long now) {
        Transaction payment = new Transaction(
                id, late(random, now), any(random, CUSTOMERS), any(random, TERMINALS), (long) random.nextInt(10_000));
        rig.event(TRANSACTION, payment, now);
    }

    private static void label(Random random, Rig rig, long now) {
        long paid = Math.min(now, late(random, now) - random.nextInt(8) * DAY);
        FraudLabel label =
                new FraudLabel("l", now, paid, any(random, CUSTOMERS), any(random, TERMINALS), random.nextBoolean());
        rig.event(FRAUD_LABEL, label, now);
    }

    /** Mostly on time, often the very same moment, sometimes weeks late, sometimes a little ahead of its arrival. */
    private static long late(Random random, long now) {
        long day = now - now % DAY;
        return switch (random.nextInt(4)) {
            case 0 -> day;
            case 1 -> now - (long) (random.nextDouble() * 40 * DAY);
            case 2 -> now + 1000;
            default -> now;
        };
    }

    private static void skip(Random random, Rig rig, EventType<?> type) {
        long at = rig.end().before(new Origin(type.topic(), 0));
        rig.skipTo(type, random.nextBoolean() ? at + 1 : (Cut.blockOf(at) + 1) * Cut.BLOCK - random.nextInt(2));
    }

    private static <T> T any(Random random, List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** Both by the order of the log and by the positions it recorded, a prediction was made of what came before. */
    private static void check(Rig rig, Prediction prediction, int before) {
        NaiveFold.Entry scored = rig.log.get(before);
        Transaction payment = (Transaction) scored.event();
        List<NaiveFold.Entry> earlier = rig.log.subList(0, before);
        Known all = (position, arrival) -> true;
        assertThat(prediction.getFeatures()).isEqualTo(features(payment, earlier, all, all));
        Known customer = Known.upTo(asOf(rig, CUSTOMER, prediction.getReadings().get(0)));
        Known terminal = Known.upTo(asOf(rig, TERMINAL, prediction.getReadings().get(1)));
        assertThat(prediction.getFeatures()).isEqualTo(features(payment, rig.log, customer, terminal));
        assertThat(prediction.getReadings()).allMatch(ViewReading::getExact);
    }

    private static List<Double> features(
            Transaction payment, List<NaiveFold.Entry> log, Known customerKnown, Known terminalKnown) {
        long at = payment.getEventTimeMillis();
        return Arrays.stream(FraudFeatures.of(
                        at,
                        payment.getAmountCents(),
                        naive(CUSTOMER, log, customerKnown, payment.getCustomerId(), at),
                        naive(TERMINAL, log, terminalKnown, payment.getTerminalId(), at)))
                .boxed()
                .toList();
    }

    private static <A> WindowValues<A> naive(
            View<A> view, List<NaiveFold.Entry> log, Known known, String entity, long at) {
        return new WindowValues<>(view, at, NaiveFold.fold(view, log, known, entity, at));
    }

    private static Cut asOf(Rig rig, View<?> view, ViewReading reading) {
        Cut cut = rig.cutOf(view, reading.getGeneration());
        return Reading.asOf(cut, new TreeMap<>(Cuts.readOffsets(reading.getLast())));
    }
}
