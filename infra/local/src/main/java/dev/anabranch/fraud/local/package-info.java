/**
 * Fraud on the local platform: the replay of its public data set, and the demo that simulates card payments, has them
 * scored in the stream and over REST, and checks what came of it. It knows the layers by their topics and their API only.
 */
package dev.anabranch.fraud.local;
