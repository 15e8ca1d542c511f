/**
 * Learning as labels arrive: what an online model learns from, how its inputs are told apart, and one step of learning. Pure
 * and the same to the bit on every machine; where examples come from, where the state is kept and what becomes of the
 * weights is not known here.
 */
package dev.anabranch.learning;
