/**
 * The batch views: advanced by what is new in the archive, kept as tiles in Iceberg, published to Kafka one generation
 * after the other. It runs any view; it must not know what the views are about or who reads them.
 */
package dev.anabranch.batch.view;
