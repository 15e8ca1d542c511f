package dev.anabranch.serving;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.model.ComingModel;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.ServedModel;
import dev.anabranch.model.UnusableModelException;
import java.util.List;
import java.util.Optional;

/** A use case that scores: names its model and the features it can supply. Implemented as a bean. */
public interface ModelUse {
    /** The key of its model on the model topic. */
    String model();

    /** The inputs it supplies, in order. A version that wants others is not used. */
    List<String> features();

    /** Whether every answer made with it goes into the log, and what came of it: only then can versions be compared. */
    default boolean keepsAnswers() {
        return false;
    }

    /** Whether that is so of scores that nobody is answered with, too: what nobody is shown, nobody can turn to. */
    default boolean keepsShadows() {
        return false;
    }

    /**
     * Makes a version ready, and has it prove itself: one that scores rows of features, unless it is of another kind.
     *
     * @throws UnusableModelException when it does not do what its record says
     */
    default ServedModel load(ModelVersion version) throws UnusableModelException {
        return LoadedModel.load(version, features());
    }

    /** A model to be made of an artifact that has begun to come in parts; empty when it takes the whole to make one. */
    default Optional<ComingModel> coming() {
        return Optional.empty();
    }
}
