/** The way interactions and items take through the speed layer. */
package dev.anabranch.recommendation.speed;
