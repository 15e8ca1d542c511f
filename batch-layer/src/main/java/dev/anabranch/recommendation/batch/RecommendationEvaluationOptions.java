package dev.anabranch.recommendation.batch;

import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/**
 * What {@code evaluate recommendation} was asked for.
 *
 * @param data       a clickstream
 * @param fromMillis when test-then-train begins; what was before is learnt from
 * @param ratings    a file of ratings
 * @param report     where to write the figures as JSON
 * @param seed       of splits, draws and training
 */
record RecommendationEvaluationOptions(
        Optional<Path> data, long fromMillis, Optional<Path> ratings, Optional<Path> report, long seed) {
    /** Stands for a file that is made for the purpose. */
    static final Path SIMULATED = Path.of("simulated");

    static final String USAGE = """
            usage: evaluate recommendation [--data DIR [--from DAY]] [--ratings FILE] [--report FILE] [--seed N]
              --data     a clickstream in csv.gz files
              --from     the first day of test-then-train (2016-12-01 unless told)
              --ratings  a csv or csv.gz with the columns user,item,rating,timestamp; "simulated" where none is at hand
              --report   writes the figures as JSON
              --seed     of splits, draws and training (42 unless told)""";

    /** @throws IllegalArgumentException naming the option, the rule and the value */
    static RecommendationEvaluationOptions parse(List<String> arguments) {
        Path data = null;
        Path ratings = null;
        Path report = null;
        long from = day("2016-12-01");
        long seed = 42;
        for (int i = 0; i < arguments.size(); i += 2) {
            String option = arguments.get(i);
            if (i + 1 == arguments.size()) {
                throw new IllegalArgumentException("Option " + option + " must be followed by a value\n" + USAGE);
            }
            String value = arguments.get(i + 1);
            switch (option) {
                case "--data" -> data = Path.of(value);
                case "--from" -> from = day(value);
                case "--ratings" -> ratings = Path.of(value);
                case "--report" -> report = Path.of(value);
                case "--seed" -> seed = number(value);
                default -> throw new IllegalArgumentException("Unknown option '" + option + "'\n" + USAGE);
            }
        }
        if (data == null && ratings == null) {
            throw new IllegalArgumentException("Option --data or --ratings must be given\n" + USAGE);
        }
        return new RecommendationEvaluationOptions(
                Optional.ofNullable(data), from, Optional.ofNullable(ratings), Optional.ofNullable(report), seed);
    }

    private static long day(String value) {
        try {
            return LocalDate.parse(value)
                    .atStartOfDay(ZoneOffset.UTC)
                    .toInstant()
                    .toEpochMilli();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "Option --from must be a day such as 2016-12-01, got '" + value + "'", e);
        }
    }

    private static long number(String value) {
        if (!value.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException("Option --seed must be a whole number, got '" + value + "'");
        }
        return Long.parseLong(value);
    }
}
