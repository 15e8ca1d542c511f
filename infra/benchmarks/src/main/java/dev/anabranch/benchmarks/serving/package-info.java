/** What an answer of the serving layer costs and how long it takes, beside one of the same process that asks nothing of anybody. */
package dev.anabranch.benchmarks.serving;
