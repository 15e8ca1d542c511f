package dev.anabranch.fraud;

import dev.anabranch.view.WindowValues;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;

/**
 * The inputs of a fraud model, in one order for every layer.
 *
 * <p>The first {@link #BASELINE} follow the baseline features of the Fraud Detection Handbook (Le Borgne et al., 2022,
 * chapter 3): the amount, weekend and night, count and mean of the customer's payments over 1, 7 and 30 days with the
 * one being scored among them, and count and share of known frauds of the terminal over the same spans, ending 7 days
 * ago. Then comes what a tree would need many splits for, because each split looks at one input: the payment beside the
 * customer's mean, and the customer's last day and week beside the last 30 days. Views are read as they stood before
 * the payment; the payment itself is added here.
 */
public final class FraudFeatures {
    public static final List<String> NAMES = List.of(
            "amount-cents",
            "weekend",
            "night",
            "customer.count.1d",
            "customer.mean-cents.1d",
            "customer.count.7d",
            "customer.mean-cents.7d",
            "customer.count.30d",
            "customer.mean-cents.30d",
            "terminal.count.1d",
            "terminal.risk.1d",
            "terminal.count.7d",
            "terminal.risk.7d",
            "terminal.count.30d",
            "terminal.risk.30d",
            "amount-to-mean.1d",
            "amount-to-mean.7d",
            "amount-to-mean.30d",
            "customer.count.1d-to-30d",
            "customer.mean-cents.1d-to-30d",
            "customer.count.7d-to-30d",
            "customer.mean-cents.7d-to-30d");

    /** How many of {@link #NAMES}, from the first on, are the published baseline. */
    public static final int BASELINE = 15;

    private static final int DAY = 0;
    private static final int WEEK = 1;
    private static final int MONTH = 2;

    private FraudFeatures() {}

    /**
     * @param atMillis    when the payment is made, in epoch milliseconds; hours and days are those of UTC
     * @param amountCents how much it is
     * @param customer    what its customer did before it, in windows that end at {@code atMillis}
     * @param terminal    what its terminal saw before it, in windows that end 7 days before {@code atMillis}
     * @return one value for each of {@link #NAMES}
     */
    public static double[] of(
            long atMillis,
            long amountCents,
            WindowValues<CustomerActivity> customer,
            WindowValues<TerminalActivity> terminal) {
        ZonedDateTime at = Instant.ofEpochMilli(atMillis).atZone(ZoneOffset.UTC);
        double[] features = new double[NAMES.size()];
        int i = 0;
        features[i++] = amountCents;
        features[i++] = at.getDayOfWeek().compareTo(DayOfWeek.SATURDAY) >= 0 ? 1 : 0;
        features[i++] = at.getHour() <= 6 ? 1 : 0;
        CustomerActivity itself = new CustomerActivity(1, amountCents);
        List<CustomerActivity> spent =
                customer.values().stream().map(before -> before.plus(itself)).toList();
        for (CustomerActivity activity : spent) {
            features[i++] = activity.payments();
            features[i++] = activity.meanCents();
        }
        for (TerminalActivity activity : terminal.values()) {
            features[i++] = activity.payments();
            features[i++] = activity.risk();
        }
        for (CustomerActivity activity : spent) {
            features[i++] = ratio(amountCents, activity.meanCents());
        }
        CustomerActivity month = spent.get(MONTH);
        for (int window = DAY; window <= WEEK; window++) {
            features[i++] = ratio(spent.get(window).payments(), month.payments());
            features[i++] = ratio(spent.get(window).meanCents(), month.meanCents());
        }
        return features;
    }

    /** 0 when there is nothing to compare with. */
    private static double ratio(double part, double whole) {
        return whole == 0 ? 0 : part / whole;
    }
}
