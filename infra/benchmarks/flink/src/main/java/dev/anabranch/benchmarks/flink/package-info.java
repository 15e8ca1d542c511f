/** Flink beside the speed layer: the same windows of the same payments. */
package dev.anabranch.benchmarks.flink;
