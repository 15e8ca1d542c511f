package dev.anabranch.recommendation;

import dev.anabranch.view.Monoid;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * What one user did last.
 *
 * <p>It keeps the last {@link #MOST} interactions and not sums by item: the newest so many of a whole are among the
 * newest so many of each part, so cutting off is exact, where a sum beside an item that had to leave a part would not be.
 * Items and their decayed strengths are read off the interactions at the moment asked about.
 *
 * @param interactions newest first
 */
public record History(List<Done> interactions) implements Serializable {
    /** How many interactions are kept. */
    public static final int MOST = 200;

    public static final History EMPTY = new History(List.of());
    public static final Monoid<History> MONOID = new HistoryMonoid();

    private static final Comparator<Done> NEWEST_FIRST = Comparator.comparingLong(Done::atMillis)
            .reversed()
            .thenComparing(Done::itemId)
            .thenComparing(Done::type)
            .thenComparingLong(Done::strength);

    /**
     * One interaction.
     *
     * @param atMillis when, in epoch milliseconds
     * @param type     what was done
     * @param strength in thousandths of a view
     */
    public record Done(String itemId, long atMillis, String type, long strength) implements Serializable {
        /** What it still counts, in views, when strength halves with every {@code halfLifeMillis}. */
        public double strengthAt(long moment, long halfLifeMillis) {
            double age = Math.max(0, moment - atMillis);
            return strength / (double) RecommendationEvents.ONE * StrictMath.pow(2, -age / halfLifeMillis);
        }
    }

    public History {
        interactions = List.copyOf(interactions);
    }

    public static History of(Interaction interaction) {
        return new History(List.of(new Done(
                interaction.getItemId(),
                interaction.getEventTimeMillis(),
                interaction.getType(),
                interaction.getStrength())));
    }

    /** @throws IllegalArgumentException when they are more than {@link #MOST} */
    public static History ofAll(List<Done> interactions) {
        if (interactions.size() > MOST) {
            throw new IllegalArgumentException(
                    "A history must have at most " + MOST + " interactions, got " + interactions.size());
        }
        return new History(interactions.stream().sorted(NEWEST_FIRST).toList());
    }

    public History plus(History other) {
        if (interactions.isEmpty()) {
            return other;
        }
        if (other.interactions.isEmpty()) {
            return this;
        }
        List<Done> merged = new ArrayList<>(Math.min(MOST, interactions.size() + other.interactions.size()));
        int mine = 0;
        int theirs = 0;
        while (merged.size() < MOST && (mine < interactions.size() || theirs < other.interactions.size())) {
            boolean fromMine = theirs == other.interactions.size()
                    || (mine < interactions.size()
                            && NEWEST_FIRST.compare(interactions.get(mine), other.interactions.get(theirs)) <= 0);
            merged.add(fromMine ? interactions.get(mine++) : other.interactions.get(theirs++));
        }
        return new History(merged);
    }

    /** The last {@code most} different items, the newest first, with the time each was turned to last. */
    public Map<String, Long> lastItems(int most) {
        Map<String, Long> items = new LinkedHashMap<>();
        for (Done done : interactions) {
            if (items.size() == most && !items.containsKey(done.itemId)) {
                break;
            }
            items.putIfAbsent(done.itemId, done.atMillis);
        }
        return items;
    }

    /**
     * The last {@code most} different items with what their interactions still count together.
     *
     * @return strengths in views, the item turned to last first
     */
    public Map<String, Double> strengths(int most, long atMillis, long halfLifeMillis) {
        Map<String, Double> strengths = new LinkedHashMap<>();
        Set<String> items = lastItems(most).keySet();
        for (Done done : interactions) {
            if (items.contains(done.itemId)) {
                strengths.merge(done.itemId, done.strengthAt(atMillis, halfLifeMillis), Double::sum);
            }
        }
        return strengths;
    }

    private static final class HistoryMonoid implements Monoid<History> {
        @Override
        public History empty() {
            return EMPTY;
        }

        @Override
        public History plus(History left, History right) {
            return left.plus(right);
        }

        @Override
        public void write(History history, Encoder out) throws IOException {
            out.writeInt(history.interactions.size());
            for (Done done : history.interactions) {
                out.writeString(done.itemId);
                out.writeLong(done.atMillis);
                out.writeString(done.type);
                out.writeLong(done.strength);
            }
        }

        @Override
        public History read(Decoder in) throws IOException {
            int size = in.readInt();
            List<Done> interactions = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                interactions.add(new Done(in.readString(), in.readLong(), in.readString(), in.readLong()));
            }
            return size == 0 ? EMPTY : new History(interactions);
        }
    }
}
