/**
 * The tables where the layers meet: what they look like, and plain Java that reads and writes them without Spark.
 *
 * <p>It must not know who writes a table or who reads it, what a use case is about, or which jar Iceberg comes from.
 */
package dev.anabranch.lakehouse;
