package dev.anabranch.recommendation;

import dev.anabranch.view.Monoid;
import java.io.IOException;
import java.io.Serializable;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * What one item is: the latest that was said of it. Of two sayings of the same moment the one with the greater id holds.
 *
 * @param atMillis   when it was said, in epoch milliseconds; {@link Long#MIN_VALUE} when nothing was
 * @param eventId    by which event
 * @param available  whether it may be recommended; an item of which nothing was said may
 * @param attributes what it is like, by name
 */
public record ItemState(long atMillis, String eventId, boolean available, SortedMap<String, String> attributes)
        implements Serializable {
    public static final ItemState EMPTY = new ItemState(Long.MIN_VALUE, "", true, new TreeMap<>());
    public static final Monoid<ItemState> MONOID = new ItemStateMonoid();

    private static final Comparator<ItemState> LATER = Comparator.comparingLong(ItemState::atMillis)
            .thenComparing(ItemState::eventId)
            .thenComparing(ItemState::available)
            .thenComparing(state -> state.attributes.toString()); // two events of one id: any rule will do, but one

    public static ItemState of(Item item) {
        return new ItemState(
                item.getEventTimeMillis(),
                item.getItemEventId(),
                item.getAvailable(),
                new TreeMap<>(item.getAttributes()));
    }

    public ItemState plus(ItemState other) {
        return LATER.compare(this, other) >= 0 ? this : other;
    }

    private static final class ItemStateMonoid implements Monoid<ItemState> {
        @Override
        public ItemState empty() {
            return EMPTY;
        }

        @Override
        public ItemState plus(ItemState left, ItemState right) {
            return left.plus(right);
        }

        @Override
        public void write(ItemState state, Encoder out) throws IOException {
            out.writeLong(state.atMillis);
            out.writeString(state.eventId);
            out.writeBoolean(state.available);
            out.writeInt(state.attributes.size());
            for (Map.Entry<String, String> attribute : state.attributes.entrySet()) {
                out.writeString(attribute.getKey());
                out.writeString(attribute.getValue());
            }
        }

        @Override
        public ItemState read(Decoder in) throws IOException {
            long atMillis = in.readLong();
            String eventId = in.readString();
            boolean available = in.readBoolean();
            SortedMap<String, String> attributes = new TreeMap<>();
            int size = in.readInt();
            for (int i = 0; i < size; i++) {
                String name = in.readString();
                attributes.put(name, in.readString());
            }
            return new ItemState(atMillis, eventId, available, attributes);
        }
    }
}
