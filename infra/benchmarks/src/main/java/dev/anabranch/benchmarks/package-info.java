/**
 * What the platform costs, beside named peers: the same work, in the same run, in turns. The command {@code bench} and the
 * rules by which a ratio is a verdict or none.
 *
 * <p>Peers are dependencies of this module alone, and nothing depends on it.
 */
package dev.anabranch.benchmarks;
