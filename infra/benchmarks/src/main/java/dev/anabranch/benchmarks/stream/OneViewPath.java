package dev.anabranch.benchmarks.stream;

import dev.anabranch.speed.SpeedPath;
import dev.anabranch.speed.SpeedTopology;
import java.util.List;

/** The path of {@link OneView} through the speed layer. */
public final class OneViewPath implements SpeedPath {
    @Override
    public String useCase() {
        return OneView.NAME;
    }

    @Override
    public List<String> features() {
        return List.of();
    }

    @Override
    public void draw(SpeedTopology speed) {
        speed.events(OneView.PAYMENT).fold(OneView.CUSTOMER);
    }
}
