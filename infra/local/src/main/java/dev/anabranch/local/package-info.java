/**
 * The {@code anabranch} command: starts a real broker and the three layers on one machine, each its own process.
 *
 * <p>It knows the layers as jars and ports, never as classes: what it starts is what a deployment starts.
 */
package dev.anabranch.local;
