package dev.anabranch.simulator;

/** Told of every event that is published. Called on the hot path: it must be quick and must not throw. */
public interface PublishListener {
    PublishListener NONE = new PublishListener() {};

    /** The event was handed to the producer. Called on the publishing thread. */
    default void sent(SimulatedEvent<?> event) {}

    /** The broker has it, at this position. Called on the producer's thread. */
    default void acknowledged(SimulatedEvent<?> event, int partition, long offset) {}
}
