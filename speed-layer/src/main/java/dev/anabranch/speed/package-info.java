/**
 * The speed engine: folds the events that arrived since the batch view was cut, by offset block, with Kafka Streams.
 *
 * <p>It runs any view that is declared in common-schemas and names no use case. It must not know how the archive is
 * kept, nor how an answer is put together: its only way out is the speed topic of a view.
 */
package dev.anabranch.speed;
