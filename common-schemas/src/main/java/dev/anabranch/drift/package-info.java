/**
 * Whether what a model sees now is still what it was measured on: histograms of its inputs and scores, those it was measured on
 * beside those of today, and the figures that say how far the two are apart. Who counts and who is told is not known here.
 */
package dev.anabranch.drift;
