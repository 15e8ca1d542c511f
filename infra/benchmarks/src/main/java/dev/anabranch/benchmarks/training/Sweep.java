package dev.anabranch.benchmarks.training;

import dev.anabranch.benchmarks.Contender;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.view.Known;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.Timeline;
import dev.anabranch.view.WindowValues;
import java.util.ArrayList;
import java.util.List;

/** Ours: a timeline for each customer, asked about as of every payment, as the training set does it. */
public final class Sweep implements Contender {
    private static final Origin ORIGIN = new Origin(FraudEvents.TRANSACTION.topic(), 0);

    private final Payments payments;

    /** @param arguments how many payments, and the seed */
    public Sweep(String[] arguments) {
        payments = Payments.of(Integer.parseInt(arguments[0]), Long.parseLong(arguments[1]));
    }

    @Override
    public Work round() {
        List<Timeline<CustomerActivity>> timelines = new ArrayList<>();
        for (int i = 0; i < Payments.CUSTOMERS; i++) {
            timelines.add(new Timeline<>(FraudViews.CUSTOMER));
        }
        for (int i = 0; i < payments.count(); i++) {
            CustomerActivity payment = new CustomerActivity(1, payments.cents()[i]);
            long at = payments.times()[i];
            timelines.get(payments.customers()[i]).add(at, payment, ORIGIN, i, at);
        }
        Digest digest = new Digest();
        for (int i = 0; i < payments.count(); i++) {
            Known before = Known.before(new Position(ORIGIN, i), payments.times()[i]);
            WindowValues<CustomerActivity> values =
                    timelines.get(payments.customers()[i]).read(payments.times()[i], before);
            for (int window = 0; window < Digest.WINDOWS.length; window++) {
                CustomerActivity activity = values.get(window);
                digest.add(i, window, activity.payments(), activity.totalCents());
            }
        }
        return new Work(payments.count(), digest.value());
    }
}
