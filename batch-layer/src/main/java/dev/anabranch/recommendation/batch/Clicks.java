package dev.anabranch.recommendation.batch;

import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.recommendation.ReplayedKnowledge;
import dev.anabranch.recommendation.simulator.RecordedInteractions;
import dev.anabranch.simulator.SimulatedEvent;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A clickstream as the log it would have been, had every interaction arrived when it happened, in one partition.
 *
 * @param knowledge the views over it
 */
record Clicks(List<RankingRows.Logged> log, ReplayedKnowledge knowledge) {
    static Clicks read(Path data) throws IOException {
        List<RankingRows.Logged> log = new ArrayList<>();
        ReplayedKnowledge knowledge = new ReplayedKnowledge();
        Origin interactions = new Origin(RecommendationEvents.INTERACTION.topic(), 0);
        Origin items = new Origin(RecommendationEvents.ITEM.topic(), 0);
        try (RecordedInteractions recorded = RecordedInteractions.open(data, 0)) {
            long item = 0;
            while (recorded.hasNext()) {
                SimulatedEvent<?> event = recorded.next();
                if (event.record() instanceof Interaction interaction) {
                    Position position = new Position(interactions, log.size());
                    log.add(new RankingRows.Logged(interaction, position, event.timeMillis()));
                    knowledge.add(interaction, position, event.timeMillis());
                } else {
                    knowledge.add(event.record(), new Position(items, item++), event.timeMillis());
                }
            }
        }
        if (log.isEmpty()) {
            throw new IOException("There must be interactions, got none in " + data);
        }
        return new Clicks(log, knowledge);
    }

    long users() {
        return log.stream().map(l -> l.interaction().getUserId()).distinct().count();
    }

    long items() {
        return log.stream().map(l -> l.interaction().getItemId()).distinct().count();
    }
}
