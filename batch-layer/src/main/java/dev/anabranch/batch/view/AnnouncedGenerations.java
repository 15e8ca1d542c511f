package dev.anabranch.batch.view;

import dev.anabranch.batch.ControlTopic;
import dev.anabranch.contract.Generation;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The generations that readers were told are complete: the topic {@link Topics#GENERATIONS}. */
public final class AnnouncedGenerations {
    private final ControlTopic topic;

    public AnnouncedGenerations(String bootstrapServers) {
        topic = new ControlTopic(bootstrapServers, Topics.GENERATIONS);
    }

    /** The latest generation of {@code view}, if there was ever one. */
    public Optional<Generation> latest(String view) {
        return topic.record(view).map(Wire.GENERATION::decode);
    }

    /** The latest generation of each view, by name. */
    public Map<String, Generation> latest() {
        Map<String, Generation> latest = new HashMap<>();
        topic.records().forEach((view, record) -> latest.put(view, Wire.GENERATION.decode(record)));
        return latest;
    }

    /** Tells readers; returns when the broker has acknowledged it. */
    void announce(Generation generation) {
        topic.publish(generation.getView(), Wire.GENERATION.encode(generation));
    }
}
