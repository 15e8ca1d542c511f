/** What the serving layer's store of a view takes in memory, beside other places to keep the same keys and values. */
package dev.anabranch.benchmarks.memory;
