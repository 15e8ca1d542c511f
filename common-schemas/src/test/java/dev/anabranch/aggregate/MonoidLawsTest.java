package dev.anabranch.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.TerminalActivity;
import dev.anabranch.quality.ErrorSums;
import dev.anabranch.quality.Outcome;
import dev.anabranch.quality.OutcomeSums;
import dev.anabranch.quality.ScoreHistogram;
import dev.anabranch.recommendation.History;
import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.Item;
import dev.anabranch.recommendation.ItemActivity;
import dev.anabranch.recommendation.ItemState;
import dev.anabranch.recommendation.LastShown;
import dev.anabranch.recommendation.Responses;
import dev.anabranch.recommendation.SessionActivity;
import dev.anabranch.recommendation.Shown;
import dev.anabranch.view.Group;
import dev.anabranch.view.Monoid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/** Every aggregate keeps the laws the merge rests on. A new one joins by being listed in {@link #anyThree}. */
class MonoidLawsTest {
    record Three<A>(Monoid<A> monoid, A a, A b, A c) {}

    @Property
    <A> void plusIgnoresOrderAndGrouping(@ForAll("anyThree") Three<A> three) {
        Monoid<A> m = three.monoid();
        assertThat(m.plus(three.a(), three.b())).isEqualTo(m.plus(three.b(), three.a()));
        assertThat(m.plus(m.plus(three.a(), three.b()), three.c()))
                .isEqualTo(m.plus(three.a(), m.plus(three.b(), three.c())));
        assertThat(m.plus(three.a(), m.empty())).isEqualTo(three.a());
    }

    @Property
    <A> void minusTakesBackWhatPlusAdded(@ForAll("anyThree") Three<A> three) {
        if (three.monoid() instanceof Group<A> group) {
            A sum = group.plus(group.plus(three.a(), three.b()), three.c());
            assertThat(group.minus(sum, three.b())).isEqualTo(group.plus(three.a(), three.c()));
            assertThat(group.minus(sum, sum)).isEqualTo(group.empty());
        }
    }

    @Property
    <A> void whatIsWrittenIsReadBackEqual(@ForAll("anyThree") Three<A> three) throws IOException {
        byte[] bytes = write(three.monoid(), three.a());
        A read = three.monoid().read(DecoderFactory.get().binaryDecoder(bytes, null));
        assertThat(read).isEqualTo(three.a());
        assertThat(write(three.monoid(), read)).isEqualTo(bytes);
    }

    @Example
    void aSumThatDoesNotFitThrowsRatherThanWrap() {
        assertThatThrownBy(() -> new Count(Long.MAX_VALUE).plus(Count.ONE)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Sum.of(Long.MAX_VALUE).plus(Sum.of(1))).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> new CustomerActivity(1, Long.MAX_VALUE).plus(new CustomerActivity(1, 1)))
                .isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> new TerminalActivity(Long.MAX_VALUE, 0).plus(TerminalActivity.PAYMENT))
                .isInstanceOf(ArithmeticException.class);
    }

    @Example
    void aMeanOfNothingIsZero() {
        assertThat(Sum.EMPTY.mean()).isZero();
        assertThat(CustomerActivity.EMPTY.meanCents()).isZero();
        assertThat(TerminalActivity.EMPTY.risk()).isZero();
    }

    @Provide
    Arbitrary<Three<?>> anyThree() {
        Arbitrary<Long> counts = Arbitraries.longs().between(0, 1L << 40);
        Arbitrary<Long> values = Arbitraries.longs().between(-(1L << 60), 1L << 60);
        return Arbitraries.oneOf(List.<Arbitrary<Three<?>>>of(
                three(Count.MONOID, counts.map(Count::new)),
                three(Sum.MONOID, pair(counts, values, Sum::new)),
                three(
                        Extremes.MONOID,
                        Arbitraries.longs().map(Extremes::of).injectNull(0.1).map(e -> e == null ? Extremes.EMPTY : e)),
                three(CustomerActivity.MONOID, pair(counts, values, CustomerActivity::new)),
                three(TerminalActivity.MONOID, pair(counts, counts, TerminalActivity::new)),
                three(Decayed.MONOID, sums(Decayed.MONOID, anyDecayed())),
                three(ByKey.of(Count.MONOID), sums(ByKey.of(Count.MONOID), keys().map(k -> ByKey.one(k, Count.ONE)))),
                three(
                        ByKey.of(Decayed.MONOID),
                        sums(
                                ByKey.of(Decayed.MONOID),
                                Combinators.combine(keys(), anyDecayed()).as(ByKey::one))),
                three(
                        Latest.of(3),
                        sums(
                                Latest.of(3),
                                Combinators.combine(keys(), moments()).as(Latest::one))),
                three(History.MONOID, sums(History.MONOID, interactions().map(History::of))),
                three(
                        ItemActivity.MONOID,
                        sums(ItemActivity.MONOID, interactions().map(ItemActivity::of))),
                three(
                        SessionActivity.MONOID,
                        sums(SessionActivity.MONOID, interactions().map(SessionActivity::of))),
                three(LastShown.MONOID, sums(LastShown.MONOID, shown().map(LastShown::of))),
                three(
                        Responses.MONOID,
                        pair(
                                counts,
                                counts,
                                (some, more) -> new Responses(some, more, Math.min(some, more), some / 2))),
                three(ItemState.MONOID, sums(ItemState.MONOID, items().map(ItemState::of))),
                three(
                        ScoreHistogram.MONOID,
                        sums(ScoreHistogram.MONOID, outcomes().map(ScoreHistogram::of))),
                three(ErrorSums.MONOID, sums(ErrorSums.MONOID, outcomes().map(ErrorSums::of))),
                three(OutcomeSums.MONOID, sums(OutcomeSums.MONOID, outcomes().map(OutcomeSums::of)))));
    }

    private static Arbitrary<Decayed> anyDecayed() {
        return Combinators.combine(Arbitraries.doubles().between(0.01, 1000), moments())
                .as((amount, at) -> Decayed.of(amount, at, Duration.ofMillis(700)));
    }

    private static Arbitrary<String> keys() {
        return Arbitraries.of("a", "b", "c", "d", "e");
    }

    /** Few enough that many are equal. */
    private static Arbitrary<Long> moments() {
        return Arbitraries.longs().between(0, 20);
    }

    private static Arbitrary<Interaction> interactions() {
        return Combinators.combine(keys(), moments(), Arbitraries.of("view", "like"), Arbitraries.of("", "web"))
                .as((item, at, type, context) -> new Interaction("i", at, "u", item, "s", type, 1_000L, context, ""));
    }

    /** An answer is given at one moment and once. */
    private static Arbitrary<Shown> shown() {
        return Combinators.combine(keys(), moments(), keys().list().ofMaxSize(3))
                .as((id, at, items) -> Shown.newBuilder()
                        .setAnswerId(id + at + items)
                        .setEventTimeMillis(at)
                        .setUserId("u")
                        .setContext("")
                        .setRanker("m-1")
                        .setVariant("champion")
                        .setVectorsVersion(1L)
                        .setItems(items)
                        .setReadings(List.of())
                        .build());
    }

    /** Corrections alone, too: a part of a sum may hold less than nothing. */
    private static Arbitrary<Outcome> outcomes() {
        Arbitrary<Boolean> either = Arbitraries.of(true, false);
        return Combinators.combine(
                        Arbitraries.of(0.0, 0.1, 0.105, 0.11, 0.999999, 1.0),
                        either,
                        either,
                        Arbitraries.longs().between(0, (long) ErrorSums.MOST))
                .as((score, positive, correction, stake) ->
                        new Outcome("p-1", 0L, "m-1", "p", "e", score, positive, correction, stake));
    }

    private static Arbitrary<Item> items() {
        return Combinators.combine(keys(), moments(), Arbitraries.of(true, false), keys())
                .as((id, at, available, category) -> new Item(id, at, "x", available, Map.of("category", category)));
    }

    /** Of up to 12 events: more than some aggregates keep. */
    private static <A> Arbitrary<A> sums(Monoid<A> monoid, Arbitrary<A> one) {
        return one.list().ofMaxSize(12).map(all -> all.stream().reduce(monoid.empty(), monoid::plus));
    }

    private static <A> Arbitrary<Three<?>> three(Monoid<A> monoid, Arbitrary<A> any) {
        return Combinators.combine(any, any, any).as((a, b, c) -> new Three<>(monoid, a, b, c));
    }

    private static <A> Arbitrary<A> pair(Arbitrary<Long> first, Arbitrary<Long> second, BiFunction<Long, Long, A> as) {
        return Combinators.combine(first, second).as(as::apply);
    }

    private static <A> byte[] write(Monoid<A> monoid, A aggregate) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder out = EncoderFactory.get().binaryEncoder(bytes, null);
        monoid.write(aggregate, out);
        out.flush();
        return bytes.toByteArray();
    }
}
