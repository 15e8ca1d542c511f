package dev.anabranch.view;

import java.io.IOException;
import java.io.Serializable;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * How an aggregate is combined and written.
 *
 * <p>{@code plus} must be associative and commutative to the bit and {@code empty} must change nothing: events may then
 * be folded one by one, in any order, or in parts that are merged later, and every layer ends at the same value. An
 * aggregate that overflows throws {@link ArithmeticException} rather than wrap.
 *
 * @param <A> the aggregate: immutable, with {@code equals}
 */
public interface Monoid<A> extends Serializable {
    A empty();

    A plus(A left, A right);

    /** Writes {@code aggregate} so that {@link #read} gives an equal one, and equal ones give equal bytes. */
    void write(A aggregate, Encoder out) throws IOException;

    A read(Decoder in) throws IOException;
}
