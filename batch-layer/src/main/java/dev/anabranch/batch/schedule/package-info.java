/**
 * Starts runs of the batch layer when they are due, each as a process of its own, so that between runs nothing of Spark
 * is in memory. It must not know what a run does.
 */
package dev.anabranch.batch.schedule;
