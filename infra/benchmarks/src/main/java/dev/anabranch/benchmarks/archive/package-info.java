/** The archiver beside Spark's streaming: the same topic into tables of the same shape, exactly once. */
package dev.anabranch.benchmarks.archive;
