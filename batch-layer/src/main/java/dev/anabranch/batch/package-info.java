/**
 * The batch engine: archives the event topics to Iceberg, advances the batch views to a cut, and publishes them, one
 * generation after the other.
 *
 * <p>It runs any view that is declared in common-schemas and names no use case. It must not know what the speed layer
 * holds: the cut that it publishes with a generation is all that the two agree on.
 */
package dev.anabranch.batch;
