package dev.anabranch.batch.model;

import dev.anabranch.batch.ControlTopic;
import dev.anabranch.contract.ModelKey;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.model.LargeArtifacts;
import java.util.Optional;

/**
 * The models that the other layers were told to use: the topic {@link Topics#MODELS}, artifacts included, but for those that
 * are too large ({@link LargeArtifacts}).
 */
public final class LiveModels {
    private final ControlTopic topic;
    private final ControlTopic artifacts;

    public LiveModels(String bootstrapServers) {
        this.topic = new ControlTopic(bootstrapServers, Topics.MODELS);
        this.artifacts = new ControlTopic(bootstrapServers, Topics.ARTIFACTS);
    }

    /** The version of {@code name} that is live, if one is; without its artifact when that is a large one. */
    public Optional<ModelVersion> latest(String name) {
        return record(ModelKey.live(name)).map(Wire.MODEL_VERSION::decode);
    }

    /** What stands under a key; empty where nothing does, or a tombstone. */
    Optional<byte[]> record(ModelKey about) {
        return topic.record(about.toString());
    }

    /** Makes a version live, its artifact first; returns when the broker has acknowledged it. */
    public void publish(ModelVersion version) {
        ModelVersion published;
        try (ControlTopic.Writer parts = artifacts.writer()) {
            published = LargeArtifacts.parted(version, parts::publish);
        }
        publish(ModelKey.live(version.getName()), Wire.MODEL_VERSION.encode(published));
    }

    /** Puts a record under a key, null for a tombstone; returns when the broker has acknowledged it. */
    void publish(ModelKey about, byte[] record) {
        topic.publish(about.toString(), record);
    }
}
