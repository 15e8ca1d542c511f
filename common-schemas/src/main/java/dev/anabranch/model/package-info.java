/**
 * What a model is to the layers that use one: named features in, a score out, the same wherever it is loaded. It must not
 * know how models are trained or how they reach a layer.
 */
package dev.anabranch.model;
