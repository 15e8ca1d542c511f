package dev.anabranch.local.check;

import dev.anabranch.event.EventType;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares the archive with the log: below the archive's cut every event must be a row and every other record a dead
 * letter, each once, and nothing else may be there. Where the broker has deleted the log, rows can still be seen to be
 * there once only.
 */
public final class ArchiveCheck {
    private static final int WRONGS_TOLD = 10;

    private final Map<String, Counts> counts = new LinkedHashMap<>();
    private final List<String> wrong = new ArrayList<>();

    /**
     * What was found of one topic.
     *
     * @param rows       rows of the archive
     * @param deleted    of them, those of events the broker has deleted, which cannot be compared
     * @param lost       events below the cut without a row, and other records without a dead letter
     * @param unknown    rows without an event
     * @param repeated   rows, and dead letters, whose position another one has, too
     */
    public record Counts(long rows, long deleted, long lost, long unknown, long repeated) {
        public boolean right() {
            return lost == 0 && unknown == 0 && repeated == 0;
        }
    }

    /**
     * Compares.
     *
     * @param archived rows and dead letters by type, read before the log was
     * @param log      read to its end
     */
    void compare(Collection<EventType<?>> types, Map<EventType<?>, Archived> archived, EventLog log) {
        Cut begins = log.begin();
        for (EventType<?> type : types) {
            Archived of = archived.get(type);
            long rows = 0;
            long deleted = 0;
            long lost = 0;
            long unknown = 0;
            long repeated = 0;
            for (Origin origin : log.origins()) {
                if (origin.topic().equals(type.topic())) {
                    SeenOffsets held = of.rows.of(origin);
                    SeenOffsets letters = of.letters.of(origin);
                    long begin = begins.before(origin);
                    long cut = of.rows.cut().before(origin);
                    rows += held.count(Long.MAX_VALUE);
                    deleted += held.count(begin);
                    lost += neverArchived(origin, cut, begin);
                    lost += told(
                                    "is an event and not archived",
                                    origin,
                                    log.events(origin).without(held, begin, cut))
                            + told(
                                    "is no event and not among the dead letters",
                                    origin,
                                    log.others(origin).without(letters, begin, cut));
                    unknown += told(
                            "is archived and no event of the log",
                            origin,
                            held.without(log.events(origin), begin, Long.MAX_VALUE));
                    repeated += repeated("rows", origin, held) + repeated("dead letters", origin, letters);
                }
            }
            counts.put(type.topic(), new Counts(rows, deleted, lost, unknown, repeated));
        }
    }

    private long neverArchived(Origin origin, long cut, long begin) {
        if (cut < begin) {
            wrong.add("Offsets " + cut + " to " + begin + " of " + origin + " were deleted before they were archived");
        }
        return Math.max(0, begin - cut);
    }

    /** @param rows and {@code letters} as of one moment each */
    record Archived(ArchivedLog.Rows rows, ArchivedLog.Rows letters) {}

    private long told(String what, Origin origin, BitSet offsets) {
        offsets.stream()
                .limit(Math.max(0, WRONGS_TOLD - wrong.size()))
                .forEach(offset -> wrong.add(origin + "@" + offset + " " + what));
        return offsets.cardinality();
    }

    private long repeated(String what, Origin origin, SeenOffsets offsets) {
        if (offsets.repeated() > 0 && wrong.size() < WRONGS_TOLD) {
            wrong.add(origin + " has " + offsets.repeated() + " " + what + " whose position another one has, too");
        }
        return offsets.repeated();
    }

    /** By topic. */
    public Map<String, Counts> counts() {
        return new LinkedHashMap<>(counts);
    }

    /** What is wrong, the first of it. */
    public List<String> wrong() {
        return List.copyOf(wrong);
    }

    public boolean right() {
        return counts.values().stream().allMatch(Counts::right);
    }
}
