package dev.anabranch.batch.model;

import dev.anabranch.batch.ControlTopic;
import dev.anabranch.contract.ModelKey;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import java.util.Optional;

/** The models that the other layers were told to use: the topic {@link Topics#MODELS}, artifacts included. */
public final class LiveModels {
    private final ControlTopic topic;

    public LiveModels(String bootstrapServers) {
        this.topic = new ControlTopic(bootstrapServers, Topics.MODELS);
    }

    /** The version of {@code name} that is live, if one is. */
    public Optional<ModelVersion> latest(String name) {
        return record(ModelKey.live(name)).map(Wire.MODEL_VERSION::decode);
    }

    /** What stands under a key; empty where nothing does, or a tombstone. */
    Optional<byte[]> record(ModelKey about) {
        return topic.record(about.toString());
    }

    /** Makes a version live; returns when the broker has acknowledged it. */
    public void publish(ModelVersion version) {
        publish(ModelKey.live(version.getName()), Wire.MODEL_VERSION.encode(version));
    }

    /** Puts a record under a key, null for a tombstone; returns when the broker has acknowledged it. */
    void publish(ModelKey about, byte[] record) {
        topic.publish(about.toString(), record);
    }
}
