package dev.anabranch.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Sums beside the rows they are sums of. */
class ArmSumsTest {
    private static final double ROUNDING = 1e-9;

    /** What is known of one entity: the losses of its labelled predictions, and how many are not labelled yet. */
    record Entity(List<Double> losses, int unlabelled) {
        int predictions() {
            return losses.size() + unlabelled;
        }

        double loss() {
            return losses.stream().mapToDouble(Double::doubleValue).sum();
        }

        ArmSums sums() {
            return ArmSums.ofEntity(predictions(), losses.size(), loss());
        }
    }

    @Property
    void countsAndMeanAreThoseOfTheRows(@ForAll("entities") List<Entity> entities) {
        ArmSums sums = sums(entities);
        List<Double> losses =
                entities.stream().flatMap(e -> e.losses().stream()).toList();
        assertThat(sums.entities()).isEqualTo(entities.size());
        assertThat(sums.labelledEntities())
                .isEqualTo(entities.stream().filter(e -> !e.losses().isEmpty()).count());
        assertThat(sums.predictions())
                .isEqualTo(entities.stream().mapToInt(Entity::predictions).sum());
        assertThat(sums.labelled()).isEqualTo(losses.size());
        assertThat(sums.mean().isPresent()).isEqualTo(!losses.isEmpty());
        sums.mean()
                .ifPresent(mean -> assertThat(mean)
                        .isEqualTo(
                                losses.stream()
                                        .mapToDouble(Double::doubleValue)
                                        .average()
                                        .orElseThrow(),
                                within(ROUNDING)));
    }

    @Property
    void varianceIsThatOfTheLinearisedRowsOfTheLabelledEntities(@ForAll("entities") List<Entity> entities) {
        ArmSums sums = sums(entities);
        List<Entity> labelled =
                entities.stream().filter(e -> !e.losses().isEmpty()).toList();
        assertThat(sums.variance().isPresent()).isEqualTo(labelled.size() >= 2);
        if (labelled.size() >= 2) {
            double meanCount = (double) sums.labelled() / labelled.size();
            double mean = sums.mean().orElseThrow();
            double squares = 0; // of (y - R n) / mean of n, whose mean is zero
            for (Entity entity : labelled) {
                double moved = (entity.loss() - mean * entity.losses().size()) / meanCount;
                squares += moved * moved;
            }
            double naive = squares / (labelled.size() - 1) / labelled.size();
            assertThat(sums.variance().orElseThrow()).isEqualTo(naive, within(ROUNDING * (1 + naive)));
        }
    }

    @Property
    void withOnePredictionEachTheVarianceIsTheUsualOne(@ForAll("losses") List<Double> losses) {
        if (losses.size() < 2) {
            return;
        }
        double mean = losses.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        double usual =
                losses.stream().mapToDouble(l -> (l - mean) * (l - mean)).sum() / (losses.size() - 1) / losses.size();
        ArmSums sums =
                sums(losses.stream().map(loss -> new Entity(List.of(loss), 0)).toList());
        assertThat(sums.variance().orElseThrow()).isEqualTo(usual, within(ROUNDING * (1 + usual)));
    }

    @Property
    void partsMayBeMergedInAnyOrder(@ForAll("entities") List<Entity> entities, @ForAll Random random) {
        List<ArmSums> parts =
                new ArrayList<>(entities.stream().map(Entity::sums).toList());
        parts.add(ArmSums.EMPTY);
        ArmSums inOrder = sums(entities);
        Collections.shuffle(parts, random);
        while (parts.size() > 1) {
            parts.add(parts.remove(random.nextInt(parts.size())).plus(parts.remove(random.nextInt(parts.size()))));
        }
        ArmSums merged = parts.get(0);
        assertThat(merged.countSquared()).isEqualTo(inOrder.countSquared());
        assertThat(merged.labelled()).isEqualTo(inOrder.labelled());
        assertThat(merged.lossSquared())
                .isEqualTo(inOrder.lossSquared(), within(ROUNDING * (1 + inOrder.lossSquared())));
        assertThat(merged.lossTimesCount())
                .isEqualTo(inOrder.lossTimesCount(), within(ROUNDING * (1 + Math.abs(inOrder.lossTimesCount()))));
    }

    @Example
    void entitiesThatAreAllAlikeHaveNoVariance() {
        ArmSums sums = sums(Collections.nCopies(1_000, new Entity(List.of(0.1, 0.1, 0.1), 1)));
        assertThat(sums.variance().orElseThrow()).isBetween(0.0, 1e-15);
    }

    @Example
    void moreLabelledThanThereAreIsRefused() {
        assertThatThrownBy(() -> new ArmSums(1, 2, 3, 3, 0, 0, 0, 0))
                .hasMessage("Labelled entities must be from 0 to the number of entities, 1, got 2");
        assertThatThrownBy(() -> new ArmSums(1, 1, 3, 4, 0, 0, 0, 0))
                .hasMessage("Labelled predictions must be from the number of labelled entities, 1, to that of"
                        + " predictions, 3, got 4");
    }

    /** Of many arms of the same kind, the means scatter as each says it scatters; its predictions alone know it badly. */
    @Example
    void theVarianceIsRightWhereThatOfSinglePredictionsIsFarTooSmall() {
        int arms = 2_000;
        double sum = 0;
        double squares = 0;
        double byEntity = 0;
        double byPrediction = 0;
        Crowd crowd = new Crowd(7);
        for (int arm = 0; arm < arms; arm++) {
            ArmSums sums = ArmSums.EMPTY;
            double lossesSquared = 0;
            for (int i = 0; i < 300; i++) {
                Crowd.Entity entity = crowd.arrive();
                sums = sums.plus(crowd.sums(entity, 0));
                lossesSquared += crowd.lossesSquared();
            }
            double mean = sums.mean().orElseThrow();
            sum += mean;
            squares += mean * mean;
            byEntity += sums.variance().orElseThrow() / arms;
            byPrediction += (lossesSquared / sums.labelled() - mean * mean) / sums.labelled() / arms;
        }
        double scatter = (squares - sum * sum / arms) / (arms - 1);
        System.out.printf(
                "variance of the mean, over that it has: by entity %.3f, by prediction %.3f%n",
                byEntity / scatter, byPrediction / scatter);
        assertThat(byEntity / scatter).isBetween(0.9, 1.1);
        assertThat(byPrediction / scatter).isLessThan(0.7);
    }

    private static ArmSums sums(List<Entity> entities) {
        return entities.stream().map(Entity::sums).reduce(ArmSums.EMPTY, ArmSums::plus);
    }

    @Provide
    Arbitrary<List<Entity>> entities() {
        Arbitrary<List<Double>> losses =
                Arbitraries.doubles().between(-1, 35).list().ofMaxSize(6);
        return Combinators.combine(losses, Arbitraries.integers().between(0, 3))
                .as(Entity::new)
                .filter(entity -> entity.predictions() > 0)
                .list()
                .ofMaxSize(30);
    }

    @Provide
    Arbitrary<List<Double>> losses() {
        return Arbitraries.doubles().between(0, 35).list().ofMaxSize(30);
    }
}
