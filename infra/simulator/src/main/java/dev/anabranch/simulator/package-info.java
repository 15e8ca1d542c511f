/**
 * Publishes streams of events, at a pace, to their topics.
 *
 * <p>It knows the contract in common-schemas and a broker's address. It names no use case, and that there are layers
 * behind the topics is none of its business. Start with {@link dev.anabranch.simulator.PacedPublisher}.
 */
package dev.anabranch.simulator;
