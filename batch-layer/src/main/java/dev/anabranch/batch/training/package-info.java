/**
 * Training sets as known then: every row holds what the views would have answered at the moment of its event, and no
 * label, late event or correction that came in later.
 *
 * <p>Start with {@link dev.anabranch.batch.training.TrainingSet}. A {@link dev.anabranch.batch.training.Question} is
 * asked for every event; first its label and what was recorded with its prediction find it at the event's id
 * ({@link dev.anabranch.batch.training.Findings}), then, for each view in turn, it meets the history of the entity it is
 * about ({@link dev.anabranch.batch.training.ViewHistory}) and goes on with the answer: one shuffle each, of packed bytes
 * ({@link dev.anabranch.batch.training.Gathering}), and nothing to join back. What "then"
 * means is said by {@link dev.anabranch.view.Known}: the positions recorded with a logged prediction where there is one,
 * arrival otherwise.
 *
 * <p>No use case is named here, and nothing of what a model is.
 */
package dev.anabranch.batch.training;
