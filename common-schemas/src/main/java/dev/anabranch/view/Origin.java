package dev.anabranch.view;

import java.io.Serializable;

/**
 * A partition of an event topic: where events come from, whatever they are repartitioned by later.
 *
 * @param topic     the event topic
 * @param partition from 0
 */
public record Origin(String topic, int partition) implements Comparable<Origin>, Serializable {
    public Origin {
        if (partition < 0) {
            throw new IllegalArgumentException("Partition of " + topic + " must be 0 or more, got " + partition);
        }
    }

    @Override
    public int compareTo(Origin other) {
        int byTopic = topic.compareTo(other.topic);
        return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
    }

    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
