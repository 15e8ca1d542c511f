package dev.anabranch.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.fraud.CustomerActivity;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class TilesTest {
    private static final View<CustomerActivity> VIEW = ViewFixture.MIXED;

    @Property
    void tilesAreReadBackEqual(@ForAll long seed) {
        Tiles<CustomerActivity> tiles = random(new Random(seed));
        assertThat(Tiles.fromBytes(VIEW, tiles.toBytes()).asMap()).isEqualTo(tiles.asMap());
    }

    @Property
    void plusAddsTileByTile(@ForAll long seed) {
        Random random = new Random(seed);
        Tiles<CustomerActivity> a = random(random);
        Tiles<CustomerActivity> b = random(random);
        Map<Long, CustomerActivity> sum = new TreeMap<>(a.asMap());
        b.asMap().forEach((start, aggregate) -> sum.merge(start, aggregate, CustomerActivity::plus));
        assertThat(a.plus(b).asMap()).isEqualTo(sum);
        assertThat(a.plus(b).toBytes()).isEqualTo(b.plus(a).toBytes());
        assertThat(a.from(50).asMap())
                .allSatisfy((start, x) -> assertThat(start).isGreaterThanOrEqualTo(50));
    }

    @Example
    void bytesThatAreNoTilesAreRefused() {
        assertThatThrownBy(() -> Tiles.fromBytes(VIEW, new byte[] {8, 2}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Not the tiles of test.customer");
    }

    private static Tiles<CustomerActivity> random(Random random) {
        TreeMap<Long, CustomerActivity> tiles = new TreeMap<>();
        for (int i = random.nextInt(20); i > 0; i--) {
            tiles.put((long) random.nextInt(100), new CustomerActivity(random.nextInt(5), random.nextInt(1000)));
        }
        return Tiles.of(VIEW, tiles);
    }
}
