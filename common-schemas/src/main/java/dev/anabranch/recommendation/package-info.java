/**
 * Recommendations: what users do with items, the views over it, and how an answer is made of them. Which layer keeps or
 * asks what is not known here.
 */
package dev.anabranch.recommendation;
