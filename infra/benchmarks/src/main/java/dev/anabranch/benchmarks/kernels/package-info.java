/** The innermost loops, with JMH: CPU time and bytes allocated for each operation. */
package dev.anabranch.benchmarks.kernels;
