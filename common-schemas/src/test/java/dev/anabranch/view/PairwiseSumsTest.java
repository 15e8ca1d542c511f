package dev.anabranch.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.aggregate.ByKey;
import dev.anabranch.aggregate.Sum;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PairwiseSumsTest {
    private static final Monoid<ByKey<Sum>> MONOID = ByKey.of(Sum.MONOID);

    @Property(tries = 500)
    void theyEqualAddingOneAfterTheOther(@ForAll long seed, @ForAll @IntRange(max = 300) int size) {
        Random random = new Random(seed);
        PairwiseSums<ByKey<Sum>> sums = new PairwiseSums<>(MONOID);
        ByKey<Sum> oneAfterTheOther = MONOID.empty();
        for (int i = 0; i < size; i++) {
            ByKey<Sum> next = ByKey.one("k" + random.nextInt(50), Sum.of(random.nextInt(1_000) - 500));
            sums.add(next);
            oneAfterTheOther = MONOID.plus(oneAfterTheOther, next);
        }
        assertThat(sums.sum()).isEqualTo(oneAfterTheOther);
    }

    @Example
    void nothingAddsUpToNothing() {
        assertThat(new PairwiseSums<>(MONOID).sum()).isEqualTo(MONOID.empty());
    }
}
