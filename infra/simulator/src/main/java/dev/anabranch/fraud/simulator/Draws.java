package dev.anabranch.fraud.simulator;

import java.util.SplittableRandom;

/**
 * Random draws that are the same on every machine and JDK: only the generator's raw 64 bits are used, and only
 * {@link StrictMath}, because the library's own distributions may change from one release to the next.
 */
final class Draws {
    private final SplittableRandom random;
    private double spare = Double.NaN;

    private Draws(long seed) {
        random = new SplittableRandom(seed);
    }

    /** A source of its own for each combination of arguments, so that any part can be drawn without those before it. */
    static Draws of(long seed, Kind kind, long a, long b) {
        long mixed = mix(seed + 0x9E3779B97F4A7C15L);
        mixed = mix(mixed ^ (kind.ordinal() + 1) * 0xD1B54A32D192ED03L);
        mixed = mix(mixed ^ a * 0xABC98388FB8FAC03L);
        mixed = mix(mixed ^ b * 0x8CB92BA72F3D8DD7L);
        return new Draws(mixed);
    }

    /** What is drawn. The order is part of what a seed means: new kinds go to the end. */
    enum Kind {
        CUSTOMER,
        TERMINAL,
        PAYMENTS,
        COMPROMISED_TERMINALS,
        COMPROMISED_CUSTOMERS,
        THEFT,
        LIVE,
        ROBBED_CUSTOMERS,
        CARD_TESTS
    }

    /** From 0, included, to 1, not included. */
    double uniform() {
        return (random.nextLong() >>> 11) * 0x1.0p-53;
    }

    double uniform(double from, double to) {
        return from + uniform() * (to - from);
    }

    /** From 0 to {@code count - 1}. */
    int index(int count) {
        return (int) (uniform() * count);
    }

    /** By Marsaglia's polar method, which makes two at a time. */
    double normal(double mean, double deviation) {
        double standard = spare;
        if (Double.isNaN(standard)) {
            double u;
            double v;
            double s;
            do {
                u = uniform(-1, 1);
                v = uniform(-1, 1);
                s = u * u + v * v;
            } while (s >= 1 || s == 0);
            double scale = StrictMath.sqrt(-2 * StrictMath.log(s) / s);
            standard = u * scale;
            spare = v * scale;
        } else {
            spare = Double.NaN;
        }
        return mean + deviation * standard;
    }

    /** By Knuth's multiplication of uniforms; for small means. */
    int poisson(double mean) {
        double limit = StrictMath.exp(-mean);
        int count = 0;
        for (double product = uniform(); product > limit; product *= uniform()) {
            count++;
        }
        return count;
    }

    /** The time to the next event of a process with {@code mean} between two. */
    double exponential(double mean) {
        return -mean * StrictMath.log(1 - uniform());
    }

    /** {@code expected} rounded to a whole number: up as often as its fraction says. */
    int about(double expected) {
        int whole = (int) expected;
        return uniform() < expected - whole ? whole + 1 : whole;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
