/** The items with the greatest inner products: the search of the serving layer beside that of Oryx 2, exact and hashed. */
package dev.anabranch.benchmarks.topn;
