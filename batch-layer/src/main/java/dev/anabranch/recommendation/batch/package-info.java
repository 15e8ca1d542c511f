/** Recommendations in the batch layer: item vectors, the model that ranks, and the measurements of both. */
package dev.anabranch.recommendation.batch;
