package dev.anabranch.simulator;

import java.util.concurrent.locks.LockSupport;

/** What a publisher measures time by and waits with. */
public interface PaceClock {
    PaceClock SYSTEM = new PaceClock() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public void pause(long nanos) {
            LockSupport.parkNanos(nanos);
        }
    };

    /** Nanoseconds since some fixed moment; never steps back. */
    long nanos();

    /** Milliseconds since 1970, as the machine's clock has them. */
    long wallMillis();

    /** Waits {@code nanos} nanoseconds, or less. */
    void pause(long nanos);
}
