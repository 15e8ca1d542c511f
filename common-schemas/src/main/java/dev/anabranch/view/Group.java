package dev.anabranch.view;

/**
 * A monoid whose {@code plus} can be taken back. Where one is declared, the sum over any span of a long history is one
 * subtraction of two running totals; nothing else may need it, and an aggregate without an inverse gives the same answers.
 *
 * @param <A> the aggregate
 */
public interface Group<A> extends Monoid<A> {
    /**
     * A sum without a part that is in it: {@code minus(plus(a, b), b)} equals {@code a} to the bit.
     *
     * @throws ArithmeticException when the result does not fit
     */
    A minus(A sum, A part);
}
