package dev.anabranch.view;

import java.io.Serializable;

/**
 * Where an event stands in the log. It identifies the event for ever.
 *
 * @param origin the partition it was written to
 * @param offset its offset there; offsets rise, with gaps
 */
public record Position(Origin origin, long offset) implements Comparable<Position>, Serializable {
    public Position {
        if (offset < 0) {
            throw new IllegalArgumentException("Offset in " + origin + " must be 0 or more, got " + offset);
        }
    }

    public static Position of(String topic, int partition, long offset) {
        return new Position(new Origin(topic, partition), offset);
    }

    /** The block of offsets this position lies in. */
    public long block() {
        return Cut.blockOf(offset);
    }

    @Override
    public int compareTo(Position other) {
        int byOrigin = origin.compareTo(other.origin);
        return byOrigin != 0 ? byOrigin : Long.compare(offset, other.offset);
    }

    @Override
    public String toString() {
        return origin + "@" + offset;
    }
}
