/**
 * What the layers meet in: the names of the topics and the form of their records.
 *
 * <p>The records are generated from {@code src/main/avro}. Every version a schema ever had is kept under
 * {@code src/main/resources/schemas}, so whatever was once written can be read.
 */
package dev.anabranch.contract;
