/**
 * Who is answered by which version of a model, the same in every layer and on every replica; and what may be said of the
 * difference. It must not know where an experiment is kept or how a model scores.
 */
package dev.anabranch.experiment;
