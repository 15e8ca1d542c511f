package dev.anabranch.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anabranch.contract.BucketRange;
import dev.anabranch.contract.Experiment;
import dev.anabranch.contract.ExperimentArm;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AssignmentTest {
    private static final int BUCKET_OF_C_1 = 3_601;
    private static final List<String> ENTITIES =
            IntStream.range(0, 100_000).mapToObj(i -> "c-" + i).toList();

    @Test
    void eachArmGetsItsShareOfTheEntities() {
        Experiment experiment = experiment(
                1, arm("challenger-7", 2_000, 0), arm("challenger-8", 500, 2_000), arm(Variant.HOLDOUT, 1_000, 0));
        Assignment assignment = new Assignment(experiment);
        Map<String, Long> drawn = ENTITIES.stream()
                .collect(Collectors.groupingBy(entity -> name(assignment, entity), Collectors.counting()));
        Map<String, Double> shares = Shares.of(experiment);
        assertThat(shares.keySet()).containsExactly("champion", "challenger-7", "challenger-8", Variant.HOLDOUT);
        assertThat(shares.values().stream().mapToDouble(Double::doubleValue).sum())
                .isCloseTo(1, within(1e-12));
        assertThat(shares.get("challenger-7"))
                .as("a fifth of those not held out")
                .isCloseTo(0.18, within(1e-12));
        shares.forEach((arm, share) -> {
            double four = 4 * Math.sqrt(ENTITIES.size() * share * (1 - share)); // standard deviations
            assertThat((double) drawn.get(arm)).as(arm).isCloseTo(ENTITIES.size() * share, within(four));
        });
    }

    @Test
    void anotherExperimentDrawsApartAndHoldsOutTheSame() {
        Assignment first = new Assignment(experiment(1, arm("challenger-7", 5_000, 0), arm(Variant.HOLDOUT, 1_000, 0)));
        Assignment second =
                new Assignment(experiment(2, arm("challenger-7", 5_000, 0), arm(Variant.HOLDOUT, 1_000, 0)));
        long both = ENTITIES.stream()
                .filter(entity -> name(first, entity).equals("challenger-7"))
                .filter(entity -> name(second, entity).equals("challenger-7"))
                .count();
        assertThat(both).as("half of the half").isBetween(21_900L, 23_100L);
        assertThat(ENTITIES)
                .allSatisfy(entity -> assertThat(name(first, entity).equals(Variant.HOLDOUT))
                        .isEqualTo(name(second, entity).equals(Variant.HOLDOUT)));
    }

    /** Drawn again elsewhere, or after an upgrade, an entity must have the arm it had: these are for ever. */
    @Test
    void theBucketOfAnEntityIsKnown() {
        assertThat(Buckets.of("fraud/1", "c-1")).isEqualTo(BUCKET_OF_C_1);
        assertThat(Buckets.of("fraud/2", "c-1")).isNotEqualTo(BUCKET_OF_C_1);
    }

    @Test
    void aBucketOfTwoArmsOrOneThatIsNoneIsRefused() {
        assertThatThrownBy(() -> new Assignment(experiment(1, arm("challenger-7", 10, 0), arm("challenger-8", 10, 9))))
                .hasMessage("A bucket must have one arm, got 9 of challenger-7 and challenger-8");
        assertThatThrownBy(() -> new Assignment(experiment(1, arm("challenger-7", 10, Buckets.COUNT - 9))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Buckets must be from 0 to 10000, got");
    }

    @Test
    void aVariantSaysWhichPartOfWhichExperimentItWas() {
        Variant variant = new Variant(3, 1, Variant.challenger(7));
        assertThat(variant).hasToString("e3.1-challenger-7");
        assertThat(Variant.parse("e3.1-challenger-7")).contains(variant);
        assertThat(Variant.parse("e3.2-holdout")).contains(new Variant(3, 2, Variant.HOLDOUT));
        assertThat(Variant.parse("champion")).isEmpty();
        assertThat(Variant.parse("e3-champion")).isEmpty();
    }

    private static String name(Assignment assignment, String entity) {
        return assignment.of(entity).map(ExperimentArm::getName).orElse(Variant.CHAMPION);
    }

    private static ExperimentArm arm(String name, int buckets, int from) {
        return new ExperimentArm(name, 7L, List.of(new BucketRange(from, from + buckets)));
    }

    private static Experiment experiment(long number, ExperimentArm... arms) {
        return new Experiment("fraud", number, 1, 0L, 0L, 3L, List.of(arms));
    }
}
