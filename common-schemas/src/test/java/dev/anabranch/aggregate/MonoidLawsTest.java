package dev.anabranch.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.TerminalActivity;
import dev.anabranch.view.Group;
import dev.anabranch.view.Monoid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
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
                three(TerminalActivity.MONOID, pair(counts, counts, TerminalActivity::new))));
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
