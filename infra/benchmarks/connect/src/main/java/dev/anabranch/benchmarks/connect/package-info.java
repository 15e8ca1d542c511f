/** What Kafka Connect does not bring of its own to archive payments as the archiver does. Peers are run with it, and nothing else. */
package dev.anabranch.benchmarks.connect;
