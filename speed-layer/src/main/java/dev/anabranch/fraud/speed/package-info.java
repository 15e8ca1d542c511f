/**
 * Fraud in the stream: the path of a payment and of a label through the speed layer. It must not know how cells, batch
 * rows or models are kept: the engine hands it readings.
 */
package dev.anabranch.fraud.speed;
