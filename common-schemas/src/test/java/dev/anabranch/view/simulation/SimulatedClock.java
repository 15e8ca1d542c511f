package dev.anabranch.view.simulation;

/** The clock that brokers and readers go by. It has nothing to do with when events happened. */
final class SimulatedClock {
    private long now;

    long now() {
        return now;
    }

    void pass(long millis) {
        now += millis;
    }
}
