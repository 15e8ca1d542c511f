/** Interactions and items: simulated with a seed, or read from public data sets, and published. */
package dev.anabranch.recommendation.simulator;
