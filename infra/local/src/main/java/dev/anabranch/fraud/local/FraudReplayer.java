package dev.anabranch.fraud.local;

import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.fraud.simulator.Replay;
import dev.anabranch.fraud.simulator.ReplayOptions;
import dev.anabranch.fraud.simulator.ReplayResult;
import dev.anabranch.local.Problem;
import dev.anabranch.local.Replayer;
import dev.anabranch.simulator.NotPublishedException;
import dev.anabranch.simulator.Pace;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;

/** Replays card transactions in the format of the Fraud Detection Handbook's data, as {@code .csv.gz}. */
public final class FraudReplayer implements Replayer {
    @Override
    public String useCase() {
        return FraudUseCase.NAME;
    }

    @Override
    public boolean replay(Path data, String bootstrapServers, String speed, boolean shiftToNow, PrintStream out) {
        ReplayOptions recorded = ReplayOptions.asRecorded(data, bootstrapServers, Pace.parse(speed));
        try {
            ReplayResult result = Replay.run(shiftToNow ? recorded.shiftedTo(Instant.now()) : recorded, out);
            out.println(result.summary());
            return result.isComplete();
        } catch (IOException | NotPublishedException e) {
            throw new Problem(e.getMessage(), e);
        }
    }
}
