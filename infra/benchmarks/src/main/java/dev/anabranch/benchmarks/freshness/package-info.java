/** How long after it was made a payment is in an answer, beside how long a record takes through Kafka at the same moment. */
package dev.anabranch.benchmarks.freshness;
