package dev.anabranch.view;

/**
 * What one event adds to one tile of one entity.
 *
 * @param entity    whom the event is about
 * @param tileStart the start of the tile it falls in, in epoch milliseconds
 * @param aggregate the event as an aggregate
 */
public record Contribution<A>(String entity, long tileStart, A aggregate) {}
