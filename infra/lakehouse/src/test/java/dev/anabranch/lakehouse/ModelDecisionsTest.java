package dev.anabranch.lakehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.lakehouse.ModelDecisions.Decision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.iceberg.PartitionSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDecisionsTest {
    @TempDir
    Path folder;

    @Test
    void theNewestDecisionStandsAndAllBeforeItAreKept() {
        try (Lakehouse lakehouse = lakehouse()) {
            ModelDecisions decisions = new ModelDecisions(lakehouse);
            assertThat(decisions.newest("fraud")).isEmpty();

            Optional<Decision> first = decisions.decide("fraud", Optional.empty(), 1, "a run", "the first", 10);
            Optional<Decision> second = decisions.decide("fraud", first, 2, "a run", "it is better", 20);
            Optional<Decision> back = decisions.goBack("fraud", second, 1, "ann", "too many alarms", 30);
            decisions.decide("pricing", Optional.empty(), 7, "a run", "another model", 40);

            assertThat(decisions.newest("fraud")).isEqualTo(back);
            assertThat(decisions.of("fraud"))
                    .containsExactly(
                            new Decision("fraud", 1, 1, null, "a run", "the first", 10, false),
                            new Decision("fraud", 2, 2, 1L, "a run", "it is better", 20, false),
                            new Decision("fraud", 3, 1, 2L, "ann", "too many alarms", 30, true));
        }
    }

    @Test
    void whoeverHasNotSeenTheNewestDecisionIsRefusedAndNothingIsWritten() {
        try (Lakehouse lakehouse = lakehouse()) {
            ModelDecisions decisions = new ModelDecisions(lakehouse);
            Optional<Decision> first = decisions.decide("fraud", Optional.empty(), 1, "ann", "mine", 10);

            assertThat(decisions.decide("fraud", Optional.empty(), 2, "bob", "mine", 11))
                    .isEmpty();

            assertThat(decisions.of("fraud")).containsExactly(first.orElseThrow());
        }
    }

    @Test
    void goingBackLeadsToWhatWasLiveBeforeWhateverItsNumber() {
        assertThat(ModelDecisions.before(decided())).isEmpty();
        assertThat(ModelDecisions.before(decided(3))).isEmpty();
        assertThat(ModelDecisions.before(decided(3, 5, 4)))
                .as("5 was live before 4")
                .contains(5L);
        assertThat(ModelDecisions.before(decided(3, 5, 4, 5)))
                .as("gone back once")
                .contains(3L);
        assertThat(ModelDecisions.before(decided(3, 5, 4, 5, 3)))
                .as("and twice")
                .isEmpty();
        assertThat(ModelDecisions.before(decided(3, 5, 4, 5, 5)))
                .as("said again")
                .contains(3L);
        assertThat(ModelDecisions.before(decided(1, 2, 3, 1)))
                .as("an old one made live by mistake")
                .contains(3L);
        assertThat(ModelDecisions.before(decided(1, 2, 3, 1, 3))).contains(2L);
    }

    @Test
    void whatWasLiveBeforeAndIsDecidedOnAnewIsNoWayBack() {
        assertThat(ModelDecisions.before(
                        List.of(decision(3, false), decision(5, false), decision(4, false), decision(5, false))))
                .as("5 once more, by mistake")
                .contains(4L);
        assertThat(ModelDecisions.before(List.of(
                        decision(3, false),
                        decision(5, false),
                        decision(4, false),
                        decision(5, false),
                        decision(4, true))))
                .as("gone back once")
                .contains(5L);
    }

    private static Decision decision(long version, boolean back) {
        return new Decision("fraud", 1, version, null, "ann", "test", 0, back);
    }

    /** As they were written down before whether they go back was. */
    private static List<Decision> decided(long... versions) {
        List<Decision> decisions = new ArrayList<>();
        for (long version : versions) {
            decisions.add(new Decision("fraud", decisions.size() + 1, version, null, "ann", "test", 0, null));
        }
        return decisions;
    }

    @Test
    void ofThoseWhoDecideAtOnceOneWins() throws Exception {
        int people = 4;
        ExecutorService pool = Executors.newFixedThreadPool(people);
        List<Callable<Optional<Decision>>> work = new ArrayList<>();
        try (Lakehouse lakehouse = lakehouse()) {
            lakehouse.table(ModelDecisions.IDENTIFIER, ModelDecisions.SCHEMA, PartitionSpec.unpartitioned());
            for (long person = 1; person <= people; person++) {
                long version = person;
                work.add(() -> new ModelDecisions(lakehouse)
                        .decide("fraud", Optional.empty(), version, "p" + version, "mine", 10));
            }

            List<Decision> won = new ArrayList<>();
            for (Future<Optional<Decision>> done : pool.invokeAll(work)) {
                done.get().ifPresent(won::add);
            }
            pool.shutdown();

            assertThat(won).hasSize(1);
            assertThat(new ModelDecisions(lakehouse).of("fraud")).isEqualTo(won);
        }
    }

    @Test
    void whoPublishesWhileAnotherDecidesLeavesTheNewerDecisionLive() {
        try (Lakehouse lakehouse = lakehouse()) {
            ModelRegistry registry = new ModelRegistry(lakehouse);
            registry.register(ModelRegistryTest.version("fraud"), Judgement.of("test", true, "first"));
            registry.register(ModelRegistryTest.version("fraud"), Judgement.of("test", true, "second"));
            ModelDecisions decisions = new ModelDecisions(lakehouse);
            Optional<Decision> first = decisions.decide("fraud", Optional.empty(), 1, "ann", "mine", 10);
            List<Long> published = new ArrayList<>();

            Optional<Decision> live = new DecidedModel("fraud", registry, decisions).publish(version -> {
                if (published.isEmpty()) {
                    decisions.decide("fraud", first, 2, "bob", "while ann publishes", 11);
                    published.add(2L); // bob is quicker
                }
                published.add(number(version));
            });

            assertThat(published).containsExactly(2L, 1L, 2L);
            assertThat(live).isEqualTo(decisions.newest("fraud"));
        }
    }

    private static long number(ModelVersion version) {
        return version.getVersion();
    }

    private Lakehouse lakehouse() {
        return Lakehouse.open(CatalogConfig.under(folder));
    }
}
