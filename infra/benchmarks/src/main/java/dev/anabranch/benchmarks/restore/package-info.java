/** How long a layer takes to come back, by what it has to hold. */
package dev.anabranch.benchmarks.restore;
