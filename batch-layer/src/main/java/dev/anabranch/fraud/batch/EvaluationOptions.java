package dev.anabranch.fraud.batch;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@code evaluate fraud} was asked for.
 *
 * @param data      the folder with the files
 * @param trainFrom the first day of the first training week
 * @param trainDays how many days are learnt from
 * @param delayDays how many days after its payment a label arrives
 * @param testDays  how many days are measured on
 * @param folds     how many test weeks, each a week after the one before
 * @param report    where to write the figures as JSON
 */
record EvaluationOptions(
        Path data, LocalDate trainFrom, int trainDays, int delayDays, int testDays, int folds, Optional<Path> report) {
    static final String USAGE = """
            usage: evaluate fraud --data DIR --train-from DAY [--train-days 7] [--delay-days 7] [--test-days 7]
                                  [--folds 1] [--report FILE]
              --data        a folder of card transactions in csv.gz files
              --train-from  the first day learnt from, such as 2018-07-25
              --folds       how many test periods, each a week after the one before
              --report      writes the figures as JSON""";

    private static final Duration WEEK = Duration.ofDays(7);

    /** @throws IllegalArgumentException naming the option, the rule and the value */
    static EvaluationOptions parse(List<String> arguments) {
        Path data = null;
        LocalDate trainFrom = null;
        int trainDays = 7;
        int delayDays = 7;
        int testDays = 7;
        int folds = 1;
        Path report = null;
        for (int i = 0; i < arguments.size(); i += 2) {
            String option = arguments.get(i);
            if (i + 1 == arguments.size()) {
                throw new IllegalArgumentException("Option " + option + " must be followed by a value\n" + USAGE);
            }
            String value = arguments.get(i + 1);
            switch (option) {
                case "--data" -> data = Path.of(value);
                case "--train-from" -> trainFrom = day(value);
                case "--train-days" -> trainDays = number(option, value, 1);
                case "--delay-days" -> delayDays = number(option, value, 0);
                case "--test-days" -> testDays = number(option, value, 1);
                case "--folds" -> folds = number(option, value, 1);
                case "--report" -> report = Path.of(value);
                default -> throw new IllegalArgumentException("Unknown option '" + option + "'\n" + USAGE);
            }
        }
        if (data == null || trainFrom == null) {
            throw new IllegalArgumentException("Options --data and --train-from must be given\n" + USAGE);
        }
        return new EvaluationOptions(
                data, trainFrom, trainDays, delayDays, testDays, folds, Optional.ofNullable(report));
    }

    Duration delay() {
        return Duration.ofDays(delayDays);
    }

    /** What is measured, the earliest first. */
    List<Periods> tests() {
        List<Periods> tests = new ArrayList<>();
        long from = trainFrom.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
        for (int fold = 0; fold < folds; fold++) {
            tests.add(Periods.from(from + fold * WEEK.toMillis(), trainDays, delay(), testDays));
        }
        return tests;
    }

    /**
     * What a model is chosen by: as many periods, ending so early that all their labels are known when the first test
     * begins. No row of a test has a part in the choice.
     */
    List<Periods> validations() {
        Periods latest = tests().get(0).earlierBy(Duration.ofDays(testDays).plus(delay()));
        List<Periods> validations = new ArrayList<>();
        for (int fold = 0; fold < folds; fold++) {
            validations.add(latest.earlierBy(WEEK.multipliedBy(fold)));
        }
        return validations;
    }

    private static LocalDate day(String value) {
        try {
            return LocalDate.parse(value);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "Option --train-from must be a day such as 2018-07-25, got '" + value + "'", e);
        }
    }

    private static int number(String option, String value, int least) {
        if (!value.matches("[0-9]{1,4}") || Integer.parseInt(value) < least) {
            throw new IllegalArgumentException(
                    "Option " + option + " must be a number from " + least + " to 9999, got '" + value + "'");
        }
        return Integer.parseInt(value);
    }
}
