/**
 * What the arms of a running experiment came to, from the archive: answers of its phase, with what came of them since.
 *
 * <p>{@link dev.anabranch.batch.experiment.ExperimentStage} asks and keeps, {@link
 * dev.anabranch.batch.experiment.ArmResults} answers: by what predictions cost once it is known what came true, or as a use case
 * has it. What the sums mean is said in {@code dev.anabranch.experiment}. No
 * use case is named here, and nothing of where an experiment is kept.
 */
package dev.anabranch.batch.experiment;
