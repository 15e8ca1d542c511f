package dev.anabranch.view;

import dev.anabranch.contract.OriginOffset;
import dev.anabranch.contract.ViewReadings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was known of the many entities that one answer was made of, small enough to be written down with every answer: an
 * offset takes a byte or two, for it is told from the newest of its origin, and an entity stands with those that have its
 * view and generation.
 *
 * <p>Not thread safe.
 */
public final class Readings {
    private final Map<String, Map<String, Entry>> byView = new LinkedHashMap<>();

    /**
     * How one entity was known: everything before the generation's cut and up to the last offsets.
     *
     * @param generation of the batch part; 0 when there was none
     * @param last       for each origin with cells past the cut, the offset of the last event folded
     */
    public record Entry(String view, String entity, long generation, SortedMap<Origin, Long> last) {}

    /** The entities of one view that have their batch parts of one generation. */
    private record OfOneGeneration(String view, long generation) {}

    /** Notes a reading. Of several of one entity the last holds, so an answer must be made of that. */
    public void add(Reading<?> reading) {
        String view = reading.merged().view().name();
        byView.computeIfAbsent(view, name -> new LinkedHashMap<>())
                .put(reading.entity(), new Entry(view, reading.entity(), reading.generation(), reading.last()));
    }

    /** As it is written down. */
    public List<ViewReadings> write() {
        Map<OfOneGeneration, List<Entry>> groups = new LinkedHashMap<>();
        byView.values()
                .forEach(entries -> entries.values()
                        .forEach(entry -> groups.computeIfAbsent(
                                        new OfOneGeneration(entry.view, entry.generation), group -> new ArrayList<>())
                                .add(entry)));
        List<ViewReadings> written = new ArrayList<>(groups.size());
        groups.forEach((group, entries) -> written.add(write(group, entries)));
        return written;
    }

    private static ViewReadings write(OfOneGeneration group, List<Entry> entries) {
        SortedMap<Origin, Long> newest = new TreeMap<>();
        entries.forEach(entry -> entry.last.forEach((origin, offset) -> newest.merge(origin, offset, Math::max)));
        List<String> entities = new ArrayList<>(entries.size());
        List<Long> behind = new ArrayList<>(entries.size() * newest.size());
        for (Entry entry : entries) {
            entities.add(entry.entity);
            newest.forEach((origin, offset) -> {
                Long last = entry.last.get(origin);
                behind.add(last == null ? 0 : offset - last + 1);
            });
        }
        return new ViewReadings(group.view, group.generation, Cuts.writeOffsets(newest), entities, behind);
    }

    /**
     * What was written down, in its order.
     *
     * @throws IllegalArgumentException when it does not say of each entity and origin how far it was known
     */
    public static List<Entry> read(List<ViewReadings> written) {
        List<Entry> entries = new ArrayList<>();
        for (ViewReadings group : written) {
            int origins = group.getNewest().size();
            if (group.getBehind().size() != group.getEntities().size() * origins) {
                throw new IllegalArgumentException("What was read of " + group.getView() + " must tell of "
                        + group.getEntities().size() + " entities and " + origins + " origins each, got "
                        + group.getBehind().size() + " offsets");
            }
            for (int e = 0; e < group.getEntities().size(); e++) {
                SortedMap<Origin, Long> last = new TreeMap<>();
                for (int o = 0; o < origins; o++) {
                    long behind = group.getBehind().get(e * origins + o);
                    if (behind > 0) {
                        OriginOffset newest = group.getNewest().get(o);
                        last.put(new Origin(newest.getTopic(), newest.getPartition()), newest.getOffset() - behind + 1);
                    }
                }
                entries.add(new Entry(group.getView(), group.getEntities().get(e), group.getGeneration(), last));
            }
        }
        return entries;
    }
}
