package dev.anabranch.experiment;

import java.io.Serializable;

/**
 * What an arm of an experiment came to in a phase, by one loss.
 *
 * @param arm       its name, as {@link Variant} has it
 * @param metric    the name of the {@link Loss}
 * @param paired    whether the sums are over pairs: of events that this arm and the champion's were both asked about, the
 *     loss of this arm less that of the champion
 * @param share     of all entities that the arm was to have in the phase, from 0 to 1; 0 of a shadow
 * @param sums      of losses, over entities
 * @param positives how many of the labelled predictions, or pairs, turned out to be positive
 * @param scores    the sum of the scores that the arm gave to them
 */
public record ArmResult(
        String arm, String metric, boolean paired, double share, ArmSums sums, long positives, double scores)
        implements Serializable {}
