package dev.anabranch.batch.drift;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;

import dev.anabranch.batch.ArchivedRows;
import dev.anabranch.drift.DriftDetector;
import dev.anabranch.drift.ValueHistogram;
import dev.anabranch.experiment.Variant;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.PredictionProfiles.Profile;
import dev.anabranch.model.PredictionId;
import dev.anabranch.ranking.Ranked;
import dev.anabranch.ranking.RankedAnswer;
import dev.anabranch.ranking.Ranking;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Archived predictions and outcomes in, histograms of them by version and hour out. It touches no table.
 *
 * <p>Every answer counts, in the stream and over REST; what a shadow makes of a question is no answer. A prediction is of the hour
 * that its windows end in, an outcome of the hour that its first finding was published in. A correction takes back what it corrects.
 */
final class ProfileStep {
    private static final StructType COUNTED = new StructType()
            .add("version", DataTypes.LongType, false)
            .add("hour", DataTypes.LongType, false)
            .add("subject", DataTypes.StringType, false)
            .add("bin", DataTypes.IntegerType, false)
            .add("count", DataTypes.LongType, false);

    private final String model;
    private final List<String> features;

    /** @param features the names of the inputs that the use case supplies today; predictions with others count their score only */
    ProfileStep(String model, List<String> features) {
        this.model = model;
        this.features = List.copyOf(features);
    }

    /** @param rows of {@link EventTables#predictionsSchema} */
    List<Profile> predictions(Dataset<Row> rows) {
        return merged(rows.where(col("model").equalTo(model))
                .select("modelVersion", "variant", "atMillis", "features", "score")
                .mapPartitions(new Predictions(features), Encoders.row(COUNTED)));
    }

    /**
     * Of each answer that was asked for as usual, one thing: those of one answer are alike, and would pass for many.
     *
     * @param rows of the table of answers that put things in order
     */
    <E extends SpecificRecord> List<Profile> answers(Dataset<Row> rows, Ranking<E> ranking) {
        return merged(rows.drop(ranking.readingsField())
                .mapPartitions( // they weigh, and are not asked
                        new Answers<>(features, ranking, ArchivedRows.of(ranking.answers())), Encoders.row(COUNTED)));
    }

    /** @param rows of the table of outcomes */
    List<Profile> outcomes(Dataset<Row> rows) {
        return merged(rows.where(col("judged").startsWith(model + "-"))
                .select("judged", "eventTimeMillis", "positive", "correction", "predictionId")
                .mapPartitions(new Labels(model), Encoders.row(COUNTED)));
    }

    /** What each task has counted, of one hour together. */
    private List<Profile> merged(Dataset<Row> counted) {
        Counts all = new Counts();
        Dataset<Row> bins = counted.groupBy("version", "hour", "subject", "bin").agg(sum("count"));
        for (Row row : bins.collectAsList()) {
            all.of(row.getLong(0), row.getLong(1), row.getString(2)).add(row.getInt(3), row.getLong(4));
        }
        List<Profile> profiles = new ArrayList<>();
        all.counts.forEach(
                (key, values) -> profiles.add(new Profile(model, key.version(), key.hour(), key.subject(), values)));
        return profiles;
    }

    private record Key(long version, long hour, String subject) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byHour = Long.compare(hour, other.hour);
            int byVersion = byHour == 0 ? Long.compare(version, other.version) : byHour;
            return byVersion == 0 ? subject.compareTo(other.subject) : byVersion;
        }
    }

    private static final class Counts {
        private final Map<Key, ValueHistogram> counts = new TreeMap<>();

        ValueHistogram of(long version, long hour, String subject) {
            return counts.computeIfAbsent(new Key(version, hour, subject), none -> new ValueHistogram());
        }

        /** One for each bin. */
        Iterator<Row> rows() {
            return counts.entrySet().stream()
                    .flatMap(each -> each.getValue().counts().entrySet().stream()
                            .map(bin -> RowFactory.create(
                                    each.getKey().version(),
                                    each.getKey().hour(),
                                    each.getKey().subject(),
                                    bin.getKey(),
                                    bin.getValue())))
                    .iterator();
        }
    }

    private record Predictions(List<String> features) implements MapPartitionsFunction<Row, Row>, Serializable {
        @Override
        public Iterator<Row> call(Iterator<Row> rows) {
            Counts counts = new Counts();
            List<String> subjects =
                    features.stream().map(DriftDetector::feature).toList();
            while (rows.hasNext()) {
                Row row = rows.next();
                if (Variant.parse(row.getString(1))
                        .filter(v -> Variant.isShadow(v.arm()))
                        .isPresent()) {
                    continue;
                }
                long version = row.getLong(0);
                long hour = Profile.hourOf(row.getLong(2));
                List<Double> values = row.getList(3);
                if (values.size() == subjects.size()) {
                    for (int i = 0; i < subjects.size(); i++) {
                        counts.of(version, hour, subjects.get(i)).add(values.get(i));
                    }
                }
                counts.of(version, hour, DriftDetector.SCORE).add(row.getDouble(4));
            }
            return counts.rows();
        }
    }

    /** What a rule put in order was not given by any version. */
    private record Answers<E extends SpecificRecord>(
            List<String> features, Ranking<E> ranking, ArchivedRows<E> archived)
            implements MapPartitionsFunction<Row, Row>, Serializable {
        @Override
        public Iterator<Row> call(Iterator<Row> rows) {
            Counts counts = new Counts();
            while (rows.hasNext()) {
                RankedAnswer answer = ranking.read(archived.read(rows.next()).event());
                answer.ranker()
                        .ifPresent(by -> answer.drawn(ranking.usuallyShown())
                                .ifPresent(
                                        item -> count(counts, by.version(), Profile.hourOf(answer.atMillis()), item)));
            }
            return counts.rows();
        }

        private void count(Counts counts, long version, long hour, Ranked item) {
            if (item.features().length == features.size()) {
                for (int i = 0; i < item.features().length; i++) {
                    counts.of(version, hour, DriftDetector.feature(features.get(i)))
                            .add(item.features()[i]);
                }
            }
            counts.of(version, hour, DriftDetector.SCORE).add(item.score());
        }
    }

    private record Labels(String model) implements MapPartitionsFunction<Row, Row>, Serializable {
        @Override
        public Iterator<Row> call(Iterator<Row> rows) {
            Counts counts = new Counts();
            while (rows.hasNext()) {
                Row row = rows.next();
                if (PredictionId.parse(row.getString(4))
                        .filter(PredictionId::isOfShadow)
                        .isPresent()) {
                    continue;
                }
                long version = Long.parseLong(row.getString(0).substring(model.length() + 1));
                boolean positive = row.getBoolean(2);
                ValueHistogram labels = counts.of(version, Profile.hourOf(row.getLong(1)), DriftDetector.LABEL);
                labels.add(positive ? 1 : 0);
                if (row.getBoolean(3)) {
                    labels.add(ValueHistogram.binOf(positive ? 0 : 1), -1);
                }
            }
            return counts.rows();
        }
    }
}
