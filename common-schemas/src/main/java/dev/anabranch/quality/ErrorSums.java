package dev.anabranch.quality;

import dev.anabranch.view.Group;
import dev.anabranch.view.Monoid;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.util.OptionalDouble;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * How far off expected amounts were: all that bias, mean absolute and root mean squared error are read off. The amounts of
 * one sum have one unit, which is whatever the use case counts in.
 *
 * <p>Everything is a whole number of any size: amounts are in billionths, each rounded once, half to even, and their squares in
 * billionths of billionths. So plus is exact, and a mean is right to a billionth. A part of a sum may hold less than nothing,
 * as with {@link ScoreHistogram}.
 *
 * @param amounts                 how many were expected
 * @param expectedBillionths      their sum
 * @param actualBillionths        the sum of what came true
 * @param absoluteErrorBillionths the sum of how far each was off, either way
 * @param squaredErrors           the sum of the squares of that, in billionths of billionths
 */
public record ErrorSums(
        long amounts,
        BigInteger expectedBillionths,
        BigInteger actualBillionths,
        BigInteger absoluteErrorBillionths,
        BigInteger squaredErrors)
        implements Serializable {
    /** The most an amount may be, either way: beyond it a double knows no tenths. */
    public static final double MOST = 1e15;

    private static final int DIGITS = 9;
    private static final double BILLION = 1e9;
    /** A product below it is off by less than 0.001. */
    private static final double SMALL = 1L << 43;

    private static final double NEARLY_HALF = 0.499;
    private static final ErrorSums EMPTY =
            new ErrorSums(0, BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO);

    public static final Monoid<ErrorSums> MONOID = new ErrorSumsMonoid();

    /**
     * One amount.
     *
     * @throws IllegalArgumentException when one of them is no number, or further from 0 than {@link #MOST}
     */
    public static ErrorSums of(double expected, double actual) {
        BigInteger expectedBillionths = billionths(expected);
        BigInteger actualBillionths = billionths(actual);
        BigInteger error = expectedBillionths.subtract(actualBillionths);
        return new ErrorSums(1, expectedBillionths, actualBillionths, error.abs(), error.multiply(error));
    }

    /**
     * What an outcome adds: its score expected that share of what was at stake, and all of it or nothing came true. A correction
     * takes back what the outcome before it added.
     *
     * @param outcome with a stake
     */
    public static ErrorSums of(Outcome outcome) {
        ErrorSums now = of(outcome, outcome.getPositive());
        return outcome.getCorrection() ? now.minus(of(outcome, !outcome.getPositive())) : now;
    }

    private static ErrorSums of(Outcome outcome, boolean positive) {
        double stake = outcome.getStake();
        return of(outcome.getScore() * stake, positive ? stake : 0);
    }

    private static BigInteger billionths(double amount) {
        if (!(Math.abs(amount) <= MOST)) {
            throw new IllegalArgumentException("An amount must be from " + -MOST + " to " + MOST + ", got " + amount);
        }
        double billionths = amount * BILLION;
        double nearest = Math.rint(billionths);
        if (Math.abs(billionths) < SMALL && Math.abs(billionths - nearest) < NEARLY_HALF) {
            return BigInteger.valueOf((long) nearest); // the product is off by less than what is left to a half
        }
        return new BigDecimal(amount).setScale(DIGITS, RoundingMode.HALF_EVEN).unscaledValue();
    }

    public ErrorSums plus(ErrorSums other) {
        return new ErrorSums(
                Math.addExact(amounts, other.amounts),
                expectedBillionths.add(other.expectedBillionths),
                actualBillionths.add(other.actualBillionths),
                absoluteErrorBillionths.add(other.absoluteErrorBillionths),
                squaredErrors.add(other.squaredErrors));
    }

    public ErrorSums minus(ErrorSums part) {
        return new ErrorSums(
                Math.subtractExact(amounts, part.amounts),
                expectedBillionths.subtract(part.expectedBillionths),
                actualBillionths.subtract(part.actualBillionths),
                absoluteErrorBillionths.subtract(part.absoluteErrorBillionths),
                squaredErrors.subtract(part.squaredErrors));
    }

    /** The sum of what was expected. */
    public double expected() {
        return amount(expectedBillionths);
    }

    /** The sum of what came true. */
    public double actual() {
        return amount(actualBillionths);
    }

    /** By how much more was expected than came true, on average: less than 0 when too little was. Empty without an amount. */
    public OptionalDouble bias() {
        return mean(amount(expectedBillionths.subtract(actualBillionths)));
    }

    /** The same as a share of what came true; empty when nothing did. */
    public OptionalDouble relativeBias() {
        return amounts == 0 || actualBillionths.signum() == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(amount(expectedBillionths.subtract(actualBillionths)) / actual());
    }

    /** How far off an amount was, either way, on average. Empty without an amount. */
    public OptionalDouble meanAbsoluteError() {
        return mean(amount(absoluteErrorBillionths));
    }

    /** The root of the mean of the squares of how far off amounts were: it minds a few large ones more. Empty without an amount. */
    public OptionalDouble rootMeanSquaredError() {
        OptionalDouble squares = mean(new BigDecimal(squaredErrors, 2 * DIGITS).doubleValue());
        return squares.isPresent() ? OptionalDouble.of(Math.sqrt(squares.getAsDouble())) : squares;
    }

    /** Whether it takes back no more than it has, as far as that shows: the sum of all parts does not. */
    public boolean whole() {
        return amounts == 0
                ? equals(EMPTY)
                : amounts > 0 && absoluteErrorBillionths.signum() >= 0 && squaredErrors.signum() >= 0;
    }

    private OptionalDouble mean(double sum) {
        return amounts == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / amounts);
    }

    private static double amount(BigInteger billionths) {
        return new BigDecimal(billionths, DIGITS).doubleValue();
    }

    private static final class ErrorSumsMonoid implements Group<ErrorSums> {
        @Override
        public ErrorSums empty() {
            return EMPTY;
        }

        @Override
        public ErrorSums plus(ErrorSums left, ErrorSums right) {
            return left.plus(right);
        }

        @Override
        public ErrorSums minus(ErrorSums sum, ErrorSums part) {
            return sum.minus(part);
        }

        @Override
        public void write(ErrorSums sums, Encoder out) throws IOException {
            out.writeLong(sums.amounts);
            out.writeBytes(sums.expectedBillionths.toByteArray());
            out.writeBytes(sums.actualBillionths.toByteArray());
            out.writeBytes(sums.absoluteErrorBillionths.toByteArray());
            out.writeBytes(sums.squaredErrors.toByteArray());
        }

        @Override
        public ErrorSums read(Decoder in) throws IOException {
            return new ErrorSums(in.readLong(), number(in), number(in), number(in), number(in));
        }

        private static BigInteger number(Decoder in) throws IOException {
            ByteBuffer bytes = in.readBytes(null);
            return new BigInteger(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        }
    }
}
