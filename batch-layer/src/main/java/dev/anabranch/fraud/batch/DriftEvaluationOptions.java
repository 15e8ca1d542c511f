package dev.anabranch.fraud.batch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code evaluate fraud --drift} was asked for.
 *
 * @param seed        of the town
 * @param customers   how many it has; the book's has 5,000
 * @param retrainDays how many days lie between two trainings
 * @param report      where to write the figures as JSON
 */
record DriftEvaluationOptions(long seed, int customers, int retrainDays, Optional<Path> report) {
    static final String FLAG = "--drift";
    static final String USAGE = """
            usage: evaluate fraud --drift [--seed 1] [--customers 1500] [--retrain-days 7] [--report FILE]
              a simulated town whose fraud changes on a day: how a model that stays as it was fares, how what the
              platform makes live does, and when drift was noticed
              --report  writes the figures as JSON""";

    /** @throws IllegalArgumentException naming the option, the rule and the value */
    static DriftEvaluationOptions parse(List<String> arguments) {
        long seed = 1;
        int customers = 1_500;
        int retrainDays = 7;
        Path report = null;
        for (int i = 1; i < arguments.size(); i += 2) {
            String option = arguments.get(i);
            if (i + 1 == arguments.size()) {
                throw new IllegalArgumentException("Option " + option + " must be followed by a value\n" + USAGE);
            }
            String value = arguments.get(i + 1);
            switch (option) {
                case "--seed" -> seed = number(option, value, 0);
                case "--customers" -> customers = number(option, value, 200);
                case "--retrain-days" -> retrainDays = number(option, value, 1);
                case "--report" -> report = Path.of(value);
                default -> throw new IllegalArgumentException("Unknown option '" + option + "'\n" + USAGE);
            }
        }
        return new DriftEvaluationOptions(seed, customers, retrainDays, Optional.ofNullable(report));
    }

    private static int number(String option, String value, int least) {
        if (!value.matches("[0-9]{1,6}") || Integer.parseInt(value) < least) {
            throw new IllegalArgumentException(
                    "Option " + option + " must be a number from " + least + " to 999999, got '" + value + "'");
        }
        return Integer.parseInt(value);
    }
}
