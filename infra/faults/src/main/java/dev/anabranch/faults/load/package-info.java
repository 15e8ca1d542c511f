/**
 * What goes on while faults are injected: events that come in, each remembered from the moment it is sent to the moment it
 * is counted, and queries with what became of them. It must not know which fault is under way.
 */
package dev.anabranch.faults.load;
