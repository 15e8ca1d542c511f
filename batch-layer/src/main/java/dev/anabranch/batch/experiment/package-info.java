/**
 * What the arms of a running experiment came to, from the archive: predictions of its phase, with what came true since.
 *
 * <p>{@link dev.anabranch.batch.experiment.ExperimentStage} reads and keeps, {@link
 * dev.anabranch.batch.experiment.ArmResultsStep} sums. What the sums mean is said in {@code dev.anabranch.experiment}. No
 * use case is named here, and nothing of where an experiment is kept.
 */
package dev.anabranch.batch.experiment;
