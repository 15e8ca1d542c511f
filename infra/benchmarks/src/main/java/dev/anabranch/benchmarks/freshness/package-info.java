/** How long after it was made an event is in an answer: a payment, beside a record through Kafka at the same moment; a click, while others ask. */
package dev.anabranch.benchmarks.freshness;
