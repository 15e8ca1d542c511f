package dev.anabranch.model;

import dev.anabranch.contract.ModelVersion;

/** A model version that has proved itself and can be asked; what it is asked is the business of its kind. */
public interface ServedModel extends AutoCloseable {
    ModelVersion version();

    @Override
    void close();
}
