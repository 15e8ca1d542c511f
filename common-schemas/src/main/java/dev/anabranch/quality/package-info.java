/**
 * How good a model has shown itself: outcomes, the histogram they are folded into, and the figures read off it. Pure; where
 * outcomes come from and who asks is not known here.
 */
package dev.anabranch.quality;
