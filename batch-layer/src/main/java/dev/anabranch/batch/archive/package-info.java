/**
 * Kafka to Iceberg: every event and every prediction, once, with the part of the log that is archived named in the same
 * commit. Plain Java, with Iceberg's own writers. It must not know what the rows are used for.
 */
package dev.anabranch.batch.archive;
