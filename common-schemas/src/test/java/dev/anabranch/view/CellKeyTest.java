package dev.anabranch.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class CellKeyTest {
    @Property
    void aKeyIsReadBackEqual(
            @ForAll("entities") String entity,
            @ForAll @IntRange(min = 0) int partition,
            @ForAll @LongRange(min = 0) long block,
            @ForAll long tileStart) {
        CellKey key = new CellKey(entity, new Origin("events.x", partition), block, tileStart);
        assertThat(CellKey.fromBytes(key.toBytes())).isEqualTo(key);
        assertThat(ViewKeys.isControl(key.toBytes())).isFalse();
    }

    @Property
    void aScanFindsTheCellsOfItsEntityAndNoOthers(@ForAll("entities") String entity, @ForAll("entities") String other) {
        MemoryKeyValues store = new MemoryKeyValues();
        CellKey mine = new CellKey(entity, new Origin("events.x", 0), 1, 2);
        store.put(mine.toBytes(), new byte[0]);
        store.put(new CellKey(other, new Origin("events.x", 3), 1, 2).toBytes(), new byte[0]);
        store.put(ViewKeys.FLOOR, new byte[0]);
        store.put(ViewKeys.PROGRESS, new byte[0]);
        List<CellKey> found = new ArrayList<>();
        store.scan(CellKey.prefix(entity), (key, value) -> found.add(CellKey.fromBytes(key)));
        assertThat(found).contains(mine).allMatch(key -> key.entity().equals(entity));
    }

    @Example
    void entitiesThatBeginAlikeAreKeptApart() {
        MemoryKeyValues store = new MemoryKeyValues();
        for (String entity : List.of("1", "10", "1\u00e9", "\u00e9")) {
            store.put(new CellKey(entity, new Origin("t", 0), 0, 0).toBytes(), new byte[0]);
        }
        List<String> found = new ArrayList<>();
        store.scan(
                CellKey.prefix("1"),
                (key, value) -> found.add(CellKey.fromBytes(key).entity()));
        assertThat(found).containsExactly("1");
    }

    @Example
    void controlKeysDiffer() {
        assertThat(ViewKeys.isHeader(ViewKeys.header(7))).isTrue();
        assertThat(ViewKeys.generationOf(ViewKeys.header(7))).isEqualTo(7);
        assertThat(ViewKeys.isHeader(ViewKeys.FOOTER)).isFalse();
        assertThat(ViewKeys.isControl(ViewKeys.row("c-1"))).isFalse();
    }

    @Provide
    Arbitrary<String> entities() {
        return Arbitraries.strings()
                .ofMinLength(1)
                .ofMaxLength(12)
                .filter(dev.anabranch.event.EventType::isIdentifier)
                .filter(s -> s.chars().noneMatch(c -> Character.isSurrogate((char) c)));
    }
}
