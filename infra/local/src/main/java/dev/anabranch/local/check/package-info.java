/**
 * Checks a running platform from outside, as whoever uses it would: asks over REST, reads the log with a plain consumer,
 * and compares with the naive fold. It must not know how the layers arrive at their answers, and it names no use case.
 */
package dev.anabranch.local.check;
