/**
 * The speed engine: folds the events that arrived since the batch view was cut, by offset block, with Kafka Streams.
 *
 * <p>It runs any view that is declared in common-schemas and names no use case: a use case draws its
 * {@link dev.anabranch.speed.SpeedPath} on a {@link dev.anabranch.speed.SpeedTopology}. The engine must not know how the
 * archive is kept, nor how an answer is put together: its only ways out are the speed topic of a view and the
 * predictions of a use case.
 */
package dev.anabranch.speed;
