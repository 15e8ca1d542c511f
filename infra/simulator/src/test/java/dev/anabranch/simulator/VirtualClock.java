package dev.anabranch.simulator;

/** Stands still until somebody waits, and then moves by as much as they wait. */
final class VirtualClock implements PaceClock {
    private final long startMillis;
    private long nanos;

    VirtualClock(long startMillis) {
        this.startMillis = startMillis;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public long wallMillis() {
        return startMillis + nanos / 1_000_000;
    }

    @Override
    public void pause(long forNanos) {
        nanos += forNanos;
    }
}
