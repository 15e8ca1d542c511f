/**
 * A real Kafka broker, alone and small, for one machine. It has a class path of its own, because its version of Kafka is
 * another one than that of everybody who talks to it: why is in {@code decisions/}.
 */
package dev.anabranch.broker;
