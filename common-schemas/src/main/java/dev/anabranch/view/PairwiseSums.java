package dev.anabranch.view;

/**
 * A sum of many aggregates, in which only sums of as many are added up: what grows with what is in it is copied as often as the
 * logarithm of their number says, and not once for each. It is the same sum to the bit, for {@code plus} is associative. Used by
 * one thread.
 */
final class PairwiseSums<A> {
    private final Monoid<A> monoid;
    private final Object[] ofPowers = new Object[Integer.SIZE]; // of two: of that many aggregates, or null

    PairwiseSums(Monoid<A> monoid) {
        this.monoid = monoid;
    }

    @SuppressWarnings("unchecked") // only aggregates are put in
    void add(A next) {
        A sum = next;
        int power = 0;
        for (; ofPowers[power] != null; power++) {
            sum = monoid.plus((A) ofPowers[power], sum);
            ofPowers[power] = null;
        }
        ofPowers[power] = sum;
    }

    @SuppressWarnings("unchecked") // only aggregates are put in
    A sum() {
        A sum = monoid.empty();
        for (Object each : ofPowers) { // the few first
            if (each != null) {
                sum = monoid.plus((A) each, sum);
            }
        }
        return sum;
    }
}
