package dev.anabranch.local;

import dev.anabranch.contract.Topics;
import dev.anabranch.event.EventType;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.usecase.UseCases;
import dev.anabranch.view.View;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.TopicConfig;

/**
 * A topic as it must be.
 *
 * @param name       the topic
 * @param partitions how many
 * @param settings   its configuration, where it differs from the broker's
 */
public record TopicSpec(String name, int partitions, Map<String, String> settings) {
    /** A model travels in its record, or in small parts; the row of an entity in its own, whatever tiles it has. */
    private static final int LARGEST_BYTES = 16 * 1024 * 1024;

    /** How far a reader of a view topic may be behind without missing a record. */
    private static final Duration WHOLE = Duration.ofHours(1);

    private static final int SEGMENT_BYTES = 32 * 1024 * 1024;

    public TopicSpec {
        settings = Map.copyOf(settings);
    }

    /** Every topic of every use case. Those with entities have {@code partitions} each: the layers join them by number. */
    public static List<TopicSpec> all(int partitions) {
        List<TopicSpec> specs = new ArrayList<>();
        for (UseCase useCase : UseCases.all()) {
            specs.addAll(of(useCase, partitions));
        }
        specs.add(compacted(Topics.GENERATIONS, 1));
        specs.add(compacted(Topics.DRIFT, 1));
        specs.add(retained(Topics.ALERTS, 1));
        specs.add(compacted(Topics.LEARNT, 1));
        specs.add(withRoom(compacted(Topics.MODELS, 1)));
        specs.add(withRoom(compacted(Topics.ARTIFACTS, 1)));
        return specs;
    }

    private static TopicSpec withRoom(TopicSpec topic) {
        Map<String, String> settings = new TreeMap<>(topic.settings);
        settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(LARGEST_BYTES));
        return new TopicSpec(topic.name, topic.partitions, settings);
    }

    /** The topics of one use case, the ones that all share left out. */
    public static List<TopicSpec> of(UseCase useCase, int partitions) {
        List<TopicSpec> specs = new ArrayList<>();
        for (EventType<?> event : useCase.events()) {
            specs.add(retained(event.topic(), partitions));
        }
        for (View<?> view : useCase.views()) {
            specs.add(withRoom(compacted(Topics.batchView(view.name()), partitions)));
            specs.add(compacted(Topics.speedView(view.name()), partitions));
        }
        specs.add(retained(Topics.predictions(useCase.name()), partitions));
        return specs;
    }

    /**
     * Kept for ever, under the broker's time: retention looks at record timestamps, so a replayed history that carried
     * its own would be deleted as soon as it is written.
     */
    private static TopicSpec retained(String name, int partitions) {
        return new TopicSpec(
                name,
                partitions,
                Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE,
                        TopicConfig.RETENTION_MS_CONFIG, "-1",
                        TopicConfig.RETENTION_BYTES_CONFIG, "-1",
                        TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime"));
    }

    /**
     * The latest record of every key. A segment must be closed to be compacted, so segments are small and short-lived.
     * What is younger than {@link #WHOLE} is not compacted: a reader that is behind would otherwise meet a later cell
     * after an earlier one was already gone, and take what it has for complete. Younger by the broker's clock: the speed
     * layer gives its cells the time of their events, so cells made from an old part of the log would be born too old
     * to be spared.
     */
    private static TopicSpec compacted(String name, int partitions) {
        return new TopicSpec(
                name,
                partitions,
                Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT,
                        TopicConfig.SEGMENT_BYTES_CONFIG,
                        String.valueOf(SEGMENT_BYTES),
                        TopicConfig.SEGMENT_MS_CONFIG,
                        "3600000",
                        TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                        "LogAppendTime",
                        TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG,
                        String.valueOf(WHOLE.toMillis()),
                        TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                        "0.3"));
    }
}
