package dev.anabranch.speed;

import java.util.List;

/**
 * The way a use case's events take through the speed layer. Listed in
 * {@code META-INF/services/dev.anabranch.speed.SpeedPath}.
 */
public interface SpeedPath {
    /** The use case, as {@link dev.anabranch.usecase.UseCase#name()} has it. */
    String useCase();

    /** The inputs that its {@link dev.anabranch.model.Question} supplies to the model, in order; none when nothing is scored. */
    List<String> features();

    /** Says what happens to each type of event. It starts nothing and reads no clock. */
    void draw(SpeedTopology speed);
}
