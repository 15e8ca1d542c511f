/** How long it takes until a decision about a model is everywhere, and what is answered meanwhile. */
package dev.anabranch.benchmarks.swap;
