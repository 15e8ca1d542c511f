/**
 * Whether what live versions are asked is still what they were measured on. {@link dev.anabranch.batch.drift.ProfileStep} counts
 * archived predictions and outcomes, {@link dev.anabranch.batch.drift.DriftStage} sets what was counted beside the reference of
 * the live version, keeps what it found, tells it, and does what it was set to. No use case is named here.
 */
package dev.anabranch.batch.drift;
