/**
 * Named vectors: their artifact, the exact search for the greatest inner products, and the vector of one who is known by
 * what they chose. What the vectors stand for is not known here.
 */
package dev.anabranch.vectors;
