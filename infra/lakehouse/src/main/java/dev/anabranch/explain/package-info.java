/**
 * What was given, made again from the archive and taken apart: the features as of the recorded positions, the score of the
 * recorded artifact, the events behind each feature and what each feature adds to the score; and answers that put things in
 * order, with everything that came into consideration.
 *
 * <p>It needs the archive and nothing else: no broker, no running layer, no Spark. It must not know what a use case is
 * about; {@link dev.anabranch.model.Question} says how an event becomes features, {@link dev.anabranch.ranking.Ranking} how
 * an answer comes about.
 */
package dev.anabranch.explain;
