package dev.anabranch.batch.model;

/** What an algorithm made. */
public interface TrainedModel {
    /** The model in ONNX: one float tensor {@code [rows, features]} in, one float for each row out. */
    byte[] artifact();

    /**
     * The score of one row, from 0 to 1, as the library computes it that trained the model.
     *
     * @param features as they are given to the artifact; read as floats
     */
    double score(double[] features);
}
