/**
 * Fraud over HTTP: asks the serving engine for both views, the live model for a score, and logs what it answered. It must
 * not know how views are stored or models loaded.
 */
package dev.anabranch.fraud.serving;
