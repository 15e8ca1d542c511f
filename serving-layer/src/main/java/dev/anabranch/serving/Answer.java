package dev.anabranch.serving;

import dev.anabranch.view.Reading;

/**
 * What this platform knows of one entity at one moment.
 *
 * @param reading   both parts, merged, and how they are known
 * @param seen      whether any event of the entity is known, in the windows or outside them
 * @param freshness how recently the speed layer has written to its partition
 * @param standby   whether it is from a standby copy, because the replica that keeps the partition does not answer
 */
public record Answer<A>(Reading<A> reading, boolean seen, Freshness freshness, boolean standby) {}
