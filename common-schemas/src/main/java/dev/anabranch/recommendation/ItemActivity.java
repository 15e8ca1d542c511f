package dev.anabranch.recommendation;

import dev.anabranch.aggregate.ByKey;
import dev.anabranch.aggregate.Decayed;
import dev.anabranch.view.Monoid;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * How much users turn to one item, and what comes of it.
 *
 * @param popularity  interactions, decayed: one sum for each of {@link #HALF_LIVES}
 * @param conversions looks and conversions, by context
 */
public record ItemActivity(List<Decayed> popularity, ByKey<Conversions> conversions) implements Serializable {
    /** From what is hot now to what has been liked for weeks. */
    public static final List<Duration> HALF_LIVES =
            List.of(Duration.ofHours(1), Duration.ofHours(6), Duration.ofDays(1), Duration.ofDays(7));

    public static final ItemActivity EMPTY =
            new ItemActivity(HALF_LIVES.stream().map(halfLife -> Decayed.EMPTY).toList(), ByKey.none());
    public static final Monoid<ItemActivity> MONOID = new ItemActivityMonoid();

    private static final Monoid<ByKey<Conversions>> BY_CONTEXT = ByKey.of(Conversions.MONOID);

    public ItemActivity {
        popularity = List.copyOf(popularity);
    }

    public static ItemActivity of(Interaction interaction) {
        return new ItemActivity(
                HALF_LIVES.stream()
                        .map(halfLife -> Decayed.of(1, interaction.getEventTimeMillis(), halfLife))
                        .toList(),
                ByKey.one(interaction.getContext(), Conversions.of(interaction)));
    }

    public ItemActivity plus(ItemActivity other) {
        List<Decayed> sums = new ArrayList<>(popularity.size());
        for (int i = 0; i < popularity.size(); i++) {
            sums.add(popularity.get(i).plus(other.popularity.get(i)));
        }
        return new ItemActivity(sums, BY_CONTEXT.plus(conversions, other.conversions));
    }

    /** What is left of its interactions at a moment, with the half-life of this index. */
    public double popularityAt(int halfLife, long atMillis) {
        return popularity.get(halfLife).at(atMillis, HALF_LIVES.get(halfLife));
    }

    /** Looks and conversions in all contexts. */
    public Conversions allConversions() {
        Conversions[] all = {Conversions.EMPTY};
        conversions.forEach((context, some) -> all[0] = all[0].plus(some));
        return all[0];
    }

    private static final class ItemActivityMonoid implements Monoid<ItemActivity> {
        @Override
        public ItemActivity empty() {
            return EMPTY;
        }

        @Override
        public ItemActivity plus(ItemActivity left, ItemActivity right) {
            return left.plus(right);
        }

        @Override
        public void write(ItemActivity activity, Encoder out) throws IOException {
            for (Decayed decayed : activity.popularity) {
                Decayed.MONOID.write(decayed, out);
            }
            BY_CONTEXT.write(activity.conversions, out);
        }

        @Override
        public ItemActivity read(Decoder in) throws IOException {
            List<Decayed> popularity = new ArrayList<>(HALF_LIVES.size());
            for (int i = 0; i < HALF_LIVES.size(); i++) {
                popularity.add(Decayed.MONOID.read(in));
            }
            return new ItemActivity(popularity, BY_CONTEXT.read(in));
        }
    }
}
