/** How what the platform costs follows what it has to do with: rows, history, tiles, entities. */
package dev.anabranch.benchmarks.growth;
