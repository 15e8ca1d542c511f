/**
 * Card fraud: the events, the views over them, and the features a payment is scored by. Which layer computes what is
 * not known here.
 */
package dev.anabranch.fraud;
