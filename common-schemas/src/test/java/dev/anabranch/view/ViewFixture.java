package dev.anabranch.view;

import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.Transaction;
import java.time.Duration;

/** A view with two sources, short windows, a delay and a coarse hop: every part of the algebra in one. */
final class ViewFixture {
    static final View<CustomerActivity> MIXED = declaration()
            .over(
                    Window.last(Duration.ofMillis(100)),
                    Window.last(Duration.ofMillis(1000)),
                    Window.last(Duration.ofMillis(300)).delayedBy(Duration.ofMillis(70)),
                    Window.last(Duration.ofMillis(600)).hopping(Duration.ofMillis(20)))
            .declare();
    static final View<CustomerActivity> COARSE = declaration()
            .over(
                    Window.last(Duration.ofMillis(500)).hopping(Duration.ofMillis(50)),
                    Window.last(Duration.ofMillis(600)).hopping(Duration.ofMillis(20)))
            .declare();

    private ViewFixture() {}

    static View<CustomerActivity> view(Window window) {
        return declaration().over(window).declare();
    }

    private static View.Declaration<CustomerActivity> declaration() {
        return View.named("test.customer", CustomerActivity.MONOID)
                .from(Source.of(FraudEvents.TRANSACTION)
                        .by(Transaction::getCustomerId)
                        .as(CustomerActivity::of))
                .from(Source.of(FraudEvents.FRAUD_LABEL)
                        .by(FraudLabel::getCustomerId)
                        .at(FraudLabel::getTransactionTimeMillis)
                        .when(FraudLabel::getFraud)
                        .as(label -> new CustomerActivity(0, 1)))
                .measure("count", CustomerActivity::payments)
                .measure("total", CustomerActivity::totalCents);
    }
}
