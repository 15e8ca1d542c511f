/**
 * The whole platform, as real processes, under a seeded schedule of faults while events come in and questions are asked; in
 * the end everything is held against the log. It must not know how a layer is made, only how it is started and asked.
 */
package dev.anabranch.faults;
