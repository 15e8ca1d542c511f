package dev.anabranch.recommendation.batch;

import dev.anabranch.batch.training.TrainingSet;
import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.ReplayedKnowledge;
import dev.anabranch.recommendation.Situation;
import dev.anabranch.recommendation.Situations;
import dev.anabranch.recommendation.Taste;
import dev.anabranch.view.Known;
import dev.anabranch.view.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What the ranking model learns from: at moments when a user turned to something new, the items that would have come into
 * consideration, with their features as known then, and whether the user turned to each within the attribution window.
 *
 * <p>An outcome is an interaction of the log, so it is known when it has arrived: only moments whose window had passed when
 * the log was cut give rows.
 */
final class RankingRows {
    static final StructType SCHEMA = new StructType()
            .add(TrainingSet.ID, DataTypes.StringType, false)
            .add(TrainingSet.AT_MILLIS, DataTypes.LongType, false)
            .add(TrainingSet.ENTITY_KEY, DataTypes.StringType, false)
            .add(TrainingSet.TARGET, DataTypes.DoubleType, false)
            .add(TrainingSet.FEATURES, DataTypes.createArrayType(DataTypes.DoubleType, false), false);

    private final List<Logged> log;
    private final Map<String, List<Interaction>> byUser = new HashMap<>();
    private final ReplayedKnowledge knowledge;
    private final Optional<Taste> taste;
    private final Duration attribution;
    private final int negatives;

    /** An interaction and where it stands in the log. */
    record Logged(Interaction interaction, Position position, long arrivalMillis) {
        Known before() {
            return Known.before(position, arrivalMillis);
        }
    }

    /**
     * @param log         in the order of arrival
     * @param knowledge   the same log, and whatever else is known
     * @param attribution how long after the answer an interaction is put down to it
     * @param negatives   how many items that led to nothing are kept of a moment
     */
    RankingRows(
            List<Logged> log, ReplayedKnowledge knowledge, Optional<Taste> taste, Duration attribution, int negatives) {
        this.log = log;
        this.knowledge = knowledge;
        this.taste = taste;
        this.attribution = attribution;
        this.negatives = negatives;
        log.forEach(each -> byUser.computeIfAbsent(each.interaction().getUserId(), u -> new ArrayList<>())
                .add(each.interaction()));
    }

    /** A moment when somebody would have been shown something of their own, and the features of all that would have come into consideration. */
    record Moment(long atMillis, double[][] candidates) {}

    /** The same for nobody to watch. */
    List<Row> between(long fromMillis, long toMillis, int moments, long seed) {
        return between(fromMillis, toMillis, moments, seed, moment -> {});
    }

    /**
     * The rows of the moments in {@code [fromMillis, toMillis)}.
     *
     * @param moments how many moments, at most; which, the seed says
     * @param watcher is told of each of them
     */
    List<Row> between(long fromMillis, long toMillis, int moments, long seed, Consumer<Moment> watcher) {
        Map<String, Set<String>> seen = new HashMap<>();
        List<Integer> eligible = new ArrayList<>();
        List<Set<String>> ownBefore = new ArrayList<>();
        for (int i = 0; i < log.size(); i++) {
            Interaction interaction = log.get(i).interaction();
            Set<String> own = seen.computeIfAbsent(interaction.getUserId(), u -> new HashSet<>());
            long at = interaction.getEventTimeMillis();
            if (own.add(interaction.getItemId()) && at >= fromMillis && at < toMillis - attribution.toMillis()) {
                eligible.add(i);
                Set<String> before = new HashSet<>(own);
                before.remove(interaction.getItemId());
                ownBefore.add(before);
            }
        }
        Random random = new Random(seed);
        double share = Math.min(1, (double) moments / Math.max(1, eligible.size()));
        List<Row> rows = new ArrayList<>();
        for (int e = 0; e < eligible.size(); e++) {
            if (random.nextDouble() < share) {
                add(eligible.get(e), ownBefore.get(e), random, rows, watcher);
            }
        }
        return rows;
    }

    private void add(int index, Set<String> own, Random random, List<Row> rows, Consumer<Moment> watcher) {
        Logged moment = log.get(index);
        Interaction interaction = moment.interaction();
        long at = interaction.getEventTimeMillis();
        Set<String> outcomes = new HashSet<>();
        for (Interaction later : byUser.get(interaction.getUserId())) {
            if (later.getEventTimeMillis() >= at && later.getEventTimeMillis() < at + attribution.toMillis()) {
                outcomes.add(later.getItemId());
            }
        }
        Situation situation = new Situations(Situations.Limits.USUAL)
                .of(
                        new Situations.Asked(interaction.getUserId(), null, interaction.getContext(), at),
                        knowledge.as(moment.before()),
                        taste)
                .toCompletableFuture()
                .join();
        if (!situation.history().interactions().isEmpty()) { // else it is what trends that is shown
            watcher.accept(new Moment(
                    at,
                    situation.candidates().stream()
                            .filter(candidate -> !own.contains(candidate.itemId()))
                            .map(Situation.Candidate::features)
                            .toArray(double[][]::new)));
        }
        List<Situation.Candidate> others = new ArrayList<>();
        for (Situation.Candidate candidate : situation.candidates()) {
            if (own.contains(candidate.itemId())) {
                continue;
            }
            if (outcomes.contains(candidate.itemId())) {
                rows.add(row(interaction, candidate, 1));
            } else {
                others.add(candidate);
            }
        }
        for (int n = 0; n < negatives && !others.isEmpty(); n++) {
            rows.add(row(interaction, others.remove(random.nextInt(others.size())), 0));
        }
    }

    private static Row row(Interaction moment, Situation.Candidate candidate, double target) {
        return RowFactory.create(
                moment.getInteractionId() + "/" + candidate.itemId(),
                moment.getEventTimeMillis(),
                moment.getUserId(),
                target,
                candidate.features());
    }
}
