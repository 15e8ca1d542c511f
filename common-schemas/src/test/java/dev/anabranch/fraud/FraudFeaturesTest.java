package dev.anabranch.fraud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.view.WindowValues;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FraudFeaturesTest {
    @Test
    void thePaymentItselfIsAmongTheCustomersAndNotAmongTheTerminals() {
        long saturdayNight = Instant.parse("2018-04-07T06:59:59.999Z").toEpochMilli();
        double[] features = FraudFeatures.of(
                saturdayNight,
                300,
                new WindowValues<>(
                        FraudViews.CUSTOMER,
                        saturdayNight,
                        List.of(CustomerActivity.EMPTY, new CustomerActivity(2, 600), new CustomerActivity(3, 1000))),
                new WindowValues<>(
                        FraudViews.TERMINAL,
                        saturdayNight,
                        List.of(TerminalActivity.EMPTY, new TerminalActivity(4, 1), new TerminalActivity(8, 4))));
        assertThat(features).startsWith(300, 1, 1, 1, 300, 3, 300, 4, 325, 0, 0, 4, 0.25, 8, 0.5);
        assertThat(Arrays.copyOfRange(features, FraudFeatures.BASELINE, features.length))
                .containsExactly(1, 1, 300 / 325.0, 1 / 4.0, 300 / 325.0, 3 / 4.0, 300 / 325.0);
        assertThat(features).hasSize(FraudFeatures.NAMES.size());
    }

    @Test
    void aMondayMorningAtSevenIsNeitherWeekendNorNight() {
        long monday = Instant.parse("2018-04-09T07:00:00Z").toEpochMilli();
        double[] features = FraudFeatures.of(
                monday,
                1,
                WindowValues.empty(FraudViews.CUSTOMER, monday),
                WindowValues.empty(FraudViews.TERMINAL, monday));
        assertThat(features).startsWith(1, 0, 0);
    }

    @Test
    void aPaymentOfNothingByANewCustomerHasNothingToBeComparedWith() {
        double[] features = FraudFeatures.of(
                0, 0, WindowValues.empty(FraudViews.CUSTOMER, 0), WindowValues.empty(FraudViews.TERMINAL, 0));
        assertThat(Arrays.copyOfRange(features, FraudFeatures.BASELINE, features.length))
                .containsExactly(0, 0, 0, 1, 0, 1, 0);
    }
}
