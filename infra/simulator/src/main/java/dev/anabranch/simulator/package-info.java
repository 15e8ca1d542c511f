/**
 * Invents events, or replays those of public data sets, and produces them to the event topics.
 *
 * <p>It knows the contract in common-schemas and a broker's address; that there are layers behind the topics is none of
 * its business.
 */
package dev.anabranch.simulator;
