/**
 * Training sets as known then: every row holds what the views would have answered at the moment of its event, and no
 * label, late event or correction that came in later.
 *
 * <p>Start with {@link dev.anabranch.batch.training.TrainingSet}. For each view in turn, its history and the questions
 * about it meet at the entity ({@link dev.anabranch.batch.training.AsKnownThen}), and each question goes on with its
 * answer: one shuffle a view, and nothing to join back. What "then" means is said by {@link dev.anabranch.view.Known}:
 * the positions recorded with a logged prediction where there is one, arrival otherwise.
 *
 * <p>No use case is named here, and nothing of what a model is.
 */
package dev.anabranch.batch.training;
