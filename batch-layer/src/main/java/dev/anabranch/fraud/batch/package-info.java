/**
 * How fraud models are trained and judged: what they learn from, on which periods, and the protocol of the public
 * benchmark. The engine in {@code dev.anabranch.batch} does the rest and knows nothing of this.
 */
package dev.anabranch.fraud.batch;
