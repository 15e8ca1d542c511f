package dev.anabranch.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.contract.BucketRange;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SharesTest {
    @Property(tries = 60)
    void whateverSharesFollowEachOtherEachArmHasItsOwnAndNobodyMovesWhoNeedNot(@ForAll long seed) {
        Random random = new Random(seed);
        Map<String, List<BucketRange>> before = Map.of();
        for (int change = 0; change < 6; change++) {
            Map<String, Integer> wanted = wanted(random);
            Map<String, List<BucketRange>> after = Shares.allot(before, wanted);

            assertThat(after.keySet()).containsExactlyElementsOf(wanted.keySet());
            Map<Integer, String> owners = owners(after); // fails where two have the same
            wanted.forEach(
                    (arm, share) -> assertThat(Shares.size(after.get(arm))).isEqualTo(share));
            Map<Integer, String> formerly = owners(before);
            wanted.forEach((arm, share) -> {
                long had = formerly.values().stream().filter(arm::equals).count();
                long kept = formerly.entrySet().stream()
                        .filter(e -> e.getValue().equals(arm) && arm.equals(owners.get(e.getKey())))
                        .count();
                assertThat(kept).as("of those that had %s", arm).isEqualTo(Math.min(had, share));
            });
            before = after;
        }
    }

    private static Map<String, Integer> wanted(Random random) {
        Map<String, Integer> wanted = new LinkedHashMap<>();
        int left = Buckets.COUNT;
        for (String arm : List.of("a", "b", "c", "d")) {
            if (random.nextInt(4) > 0) {
                int share = random.nextInt(3) == 0 ? left : random.nextInt(left + 1);
                wanted.put(arm, share);
                left -= share;
            }
        }
        return wanted;
    }

    private static Map<Integer, String> owners(Map<String, List<BucketRange>> allotted) {
        Map<Integer, String> owners = new HashMap<>();
        allotted.forEach((arm, ranges) -> ranges.forEach(range -> {
            for (int bucket = range.getFrom(); bucket < range.getUntil(); bucket++) {
                assertThat(owners.put(bucket, arm)).as("owner of " + bucket).isNull();
            }
        }));
        return owners;
    }

    @Test
    void sharesThatPassTheWholeAreRefused() {
        assertThatThrownBy(() -> Shares.allot(Map.of(), Map.of("a", 6_000, "b", 4_001)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Shares must be 100 % together at most, got 100.01 %");
        assertThatThrownBy(() -> Shares.allot(Map.of(), Map.of("a", -1)))
                .hasMessage("The share of a must be 0 % or more, got -0.01 %");
    }
}
