package dev.anabranch.view;

/** What was known at some moment: says of each event whether it was. */
public interface Known {
    boolean includes(Position position, long arrivalMillis);

    /** Everything the cut includes: what a reading with recorded positions saw. */
    static Known upTo(Cut cut) {
        return new UpTo(cut);
    }

    /**
     * Everything that came before the event at {@code position}: a smaller offset in its own partition, an earlier
     * arrival in others. Where two arrivals are the same millisecond, the smaller origin counts as earlier.
     */
    static Known before(Position position, long arrivalMillis) {
        return new Before(position, arrivalMillis);
    }

    /** See {@link #upTo}. */
    record UpTo(Cut cut) implements Known {
        @Override
        public boolean includes(Position position, long arrivalMillis) {
            return cut.includes(position);
        }
    }

    /** See {@link #before}. */
    record Before(Position position, long arrivalMillis) implements Known {
        @Override
        public boolean includes(Position other, long otherArrivalMillis) {
            if (other.origin().equals(position.origin())) {
                return other.offset() < position.offset();
            }
            return otherArrivalMillis != arrivalMillis
                    ? otherArrivalMillis < arrivalMillis
                    : other.origin().compareTo(position.origin()) < 0;
        }
    }
}
