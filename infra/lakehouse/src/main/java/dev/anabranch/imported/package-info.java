/**
 * Models that were trained elsewhere, on their way into the registry: what they say of themselves is checked against what
 * a use case can supply, and they are made to take what every layer supplies. It must not know how models are trained
 * here, nor how they become live.
 */
package dev.anabranch.imported;
