/** Recommendations over REST: read off merged views and live models, at the moment of the question. */
package dev.anabranch.recommendation.serving;
