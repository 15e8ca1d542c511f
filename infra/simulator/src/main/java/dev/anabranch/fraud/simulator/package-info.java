/**
 * Card transactions and their labels as streams of events: invented by the process of the Fraud Detection Handbook
 * ({@link dev.anabranch.fraud.simulator.CardSimulation}), or read from files of a public data set
 * ({@link dev.anabranch.fraud.simulator.CardTransactionFiles}). Reading and inventing need no broker.
 */
package dev.anabranch.fraud.simulator;
