/** The speed layer beside other ways to read the same topic, all at once, each in CPU-seconds of its own process. */
package dev.anabranch.benchmarks.stream;
