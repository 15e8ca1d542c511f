/**
 * Models: trained with MLlib, measured, turned into ONNX, registered, and published to whoever scores.
 *
 * <p>An {@link dev.anabranch.batch.model.Algorithm} makes a {@link dev.anabranch.batch.model.TrainedModel} of rows; its
 * artifact is what is measured ({@link dev.anabranch.batch.model.HeldOut}), since it is what will be served. The
 * {@link dev.anabranch.lakehouse.ModelRegistry} gives a version its number in the commit that keeps it, and
 * {@link dev.anabranch.batch.model.LiveModels} tells the other layers. Which period to learn from and what makes one
 * model better than another is the use case's business; none is named here.
 */
package dev.anabranch.batch.model;
