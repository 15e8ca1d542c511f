/** The archiver beside Spark's streaming and Iceberg's Kafka Connect sink: the same topic into tables of the same shape, exactly once. */
package dev.anabranch.benchmarks.archive;
