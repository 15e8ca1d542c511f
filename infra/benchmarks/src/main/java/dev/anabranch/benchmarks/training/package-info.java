/** Features of a training set, as of every event: our sweep beside range windows of DuckDB and of Spark SQL. */
package dev.anabranch.benchmarks.training;
