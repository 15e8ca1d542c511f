/** What it costs the speed layer to watch its own scores: the fraud path beside the same one without that. */
package dev.anabranch.benchmarks.monitoring;
