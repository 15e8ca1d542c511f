package dev.anabranch.recommendation.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.batch.BatchSession;
import dev.anabranch.batch.TestPlatform;
import dev.anabranch.contract.BucketRange;
import dev.anabranch.contract.Experiment;
import dev.anabranch.contract.ExperimentArm;
import dev.anabranch.experiment.ArmResult;
import dev.anabranch.experiment.ArmSums;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers and what was made of them, through Spark to what each arm of an experiment came to. */
class ShownArmsTest {
    private static final long PHASE = 1_750_636_800_000L;
    private static final StructType SHOWN = new StructType()
            .add("answerId", DataTypes.StringType)
            .add("eventTimeMillis", DataTypes.LongType)
            .add("userId", DataTypes.StringType)
            .add("variant", DataTypes.StringType)
            .add("kafka_partition", DataTypes.IntegerType)
            .add("kafka_offset", DataTypes.LongType)
            .add("arrival_millis", DataTypes.LongType);
    private static final StructType RESPONSES = new StructType()
            .add("answerId", DataTypes.StringType)
            .add("eventTimeMillis", DataTypes.LongType)
            .add("first", DataTypes.BooleanType)
            .add("firstConversion", DataTypes.BooleanType);
    private static final Experiment EXPERIMENT = new Experiment(
            "recommendation",
            3L,
            2,
            PHASE - 1_000,
            PHASE,
            1L,
            List.of(
                    new ExperimentArm("challenger-2", 2L, List.of(new BucketRange(0, 5_000))),
                    new ExperimentArm("challenger-4", 4L, List.of(new BucketRange(5_000, 6_000)))));

    @TempDir
    static Path folder;

    private static BatchSession session;

    private final List<Row> shown = new ArrayList<>();
    private final List<Row> responses = new ArrayList<>();

    @BeforeAll
    static void start() {
        session = BatchSession.start(new TestPlatform(folder, "127.0.0.1:1", 1), "shown-arms");
    }

    @AfterAll
    static void stop() {
        session.close();
    }

    @Test
    void anAnswerCostsOneUntilItIsTurnedToAndUsersAreTheUnit() {
        shown("a1", "ann", "e3.2-champion", PHASE);
        shown("a1", "ann", "e3.2-champion", PHASE); // once more by the log
        shown("a2", "ann", "e3.2-champion", PHASE + 1);
        shown("a3", "bob", "e3.2-champion", PHASE + 1);
        shown("a4", "eve", "e3.2-challenger-2", PHASE + 1);
        response("a1", true, false);
        response("a1", false, true);
        response("a4", true, false);

        List<ArmResult> results = look();

        assertThat(of(results, "champion", "no_hit"))
                .isEqualTo(new ArmResult("champion", "no_hit", false, 0.4, sums(1, 2, 1, 1), 1, 0));
        assertThat(of(results, "challenger-2", "no_hit").sums()).isEqualTo(sums(0, 1));
        assertThat(of(results, "challenger-2", "no_conversion").sums()).isEqualTo(sums(1, 1));
        assertThat(of(results, "challenger-2", "no_conversion").share()).isEqualTo(0.5);
        assertThat(of(results, "challenger-4", "no_hit").sums())
                .as("an arm that nobody has met yet")
                .isEqualTo(ArmSums.EMPTY);
    }

    @Test
    void onlyThePhaseCounts() {
        shown("a1", "ann", "e3.2-champion", PHASE);
        shown("a2", "bob", "e3.1-champion", PHASE + 1);
        shown("a3", "bob", "e3.20-champion", PHASE + 1);
        shown("a4", "bob", "champion", PHASE + 1);
        shown("a5", "bob", "e3.2-champion", PHASE - 1);

        assertThat(of(look(), "champion", "no_hit").sums()).isEqualTo(sums(1, 1));
    }

    @Test
    void agreesWithTheObviousLoop() {
        Random random = new Random(7);
        Map<String, double[]> users = new HashMap<>(); // answers, without hit, without conversion
        for (int i = 0; i < 400; i++) {
            String user = "u-" + random.nextInt(60);
            boolean hit = random.nextInt(3) == 0;
            boolean converted = hit && random.nextBoolean();
            shown("a" + i, user, "e3.2-challenger-2", PHASE + i);
            if (hit) {
                response("a" + i, true, converted);
                response("a" + i, false, false);
            }
            double[] sums = users.computeIfAbsent(user, any -> new double[3]);
            sums[0]++;
            sums[1] += hit ? 0 : 1;
            sums[2] += converted ? 0 : 1;
        }

        List<ArmResult> results = look();

        assertThat(of(results, "challenger-2", "no_hit").sums()).isEqualTo(naive(users, 1));
        assertThat(of(results, "challenger-2", "no_conversion").sums()).isEqualTo(naive(users, 2));
    }

    private static ArmSums naive(Map<String, double[]> users, int loss) {
        return users.values().stream()
                .map(sums -> ArmSums.ofEntity((long) sums[0], (long) sums[0], sums[loss]))
                .reduce(ArmSums.EMPTY, ArmSums::plus);
    }

    /** @param lostAndAnswers of each user, one after the other */
    private static ArmSums sums(int... lostAndAnswers) {
        ArmSums sums = ArmSums.EMPTY;
        for (int i = 0; i < lostAndAnswers.length; i += 2) {
            int answers = lostAndAnswers[i + 1];
            sums = sums.plus(ArmSums.ofEntity(answers, answers, lostAndAnswers[i]));
        }
        return sums;
    }

    private void shown(String answer, String user, String variant, long atMillis) {
        long offset = shown.size();
        shown.add(RowFactory.create(answer, atMillis, user, variant, 0, offset, atMillis + offset));
    }

    private void response(String answer, boolean first, boolean firstConversion) {
        responses.add(RowFactory.create(answer, PHASE + 500, first, firstConversion));
    }

    private List<ArmResult> look() {
        return ShownArms.of(
                session.spark().createDataFrame(shown, SHOWN),
                session.spark().createDataFrame(responses, RESPONSES),
                EXPERIMENT);
    }

    private static ArmResult of(List<ArmResult> results, String arm, String loss) {
        return results.stream()
                .filter(result -> result.arm().equals(arm) && result.metric().equals(loss))
                .findFirst()
                .orElseThrow();
    }
}
