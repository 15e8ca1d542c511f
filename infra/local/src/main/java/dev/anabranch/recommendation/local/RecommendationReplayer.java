package dev.anabranch.recommendation.local;

import dev.anabranch.local.Problem;
import dev.anabranch.local.Replayer;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.recommendation.simulator.InteractionReplay;
import dev.anabranch.simulator.NotPublishedException;
import dev.anabranch.simulator.Pace;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** Replays a clickstream, or the invoice lines of a shop as purchases, from {@code .csv.gz}. */
public final class RecommendationReplayer implements Replayer {
    @Override
    public String useCase() {
        return RecommendationUseCase.NAME;
    }

    @Override
    public boolean replay(Path data, String bootstrapServers, String speed, boolean shiftToNow, PrintStream out) {
        try {
            InteractionReplay.Result result = new InteractionReplay(bootstrapServers, Pace.parse(speed), out)
                    .run(data, shiftToNow ? Optional.of(Instant.now()) : Optional.empty());
            double seconds = result.took().toNanos() / 1e9;
            out.printf(
                    "%,d interactions and %,d items published in %.1f s (%,.0f events/s)%n",
                    result.interactions(),
                    result.items(),
                    seconds,
                    (result.interactions() + result.items()) / Math.max(seconds, 1e-9));
            result.problem().ifPresent(problem -> out.println("Stopped at " + problem));
            return result.problem().isEmpty();
        } catch (IOException | NotPublishedException e) {
            throw new Problem(e.getMessage(), e);
        }
    }
}
