/**
 * Answers that put many things in order, as the engines see them: what is written down of one, and how it is made again.
 * What is ranked, and what for, is not known here.
 */
package dev.anabranch.ranking;
