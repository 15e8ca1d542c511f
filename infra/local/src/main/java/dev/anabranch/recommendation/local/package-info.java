/** Recommendations in the {@code anabranch} command: replay and demo. */
package dev.anabranch.recommendation.local;
