package dev.anabranch.view;

import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.Transaction;
import java.io.IOException;
import java.time.Duration;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/** A view with two sources, short windows, a delay and a coarse hop: every part of the algebra in one. */
final class ViewFixture {
    private static final Window[] MANY = {
        Window.last(Duration.ofMillis(100)),
        Window.last(Duration.ofMillis(1000)),
        Window.last(Duration.ofMillis(300)).delayedBy(Duration.ofMillis(70)),
        Window.last(Duration.ofMillis(600)).hopping(Duration.ofMillis(20))
    };
    static final View<CustomerActivity> MIXED =
            declaration(CustomerActivity.MONOID).over(MANY).declare();
    /** The same of an aggregate whose inverse nobody has declared. */
    static final View<CustomerActivity> WITHOUT_INVERSE =
            declaration(new NoInverse()).over(MANY).declare();

    static final View<CustomerActivity> COARSE = coarse(CustomerActivity.MONOID);

    private ViewFixture() {}

    static View<CustomerActivity> coarse(Monoid<CustomerActivity> monoid) {
        return declaration(monoid)
                .over(
                        Window.last(Duration.ofMillis(500)).hopping(Duration.ofMillis(50)),
                        Window.last(Duration.ofMillis(600)).hopping(Duration.ofMillis(20)))
                .declare();
    }

    static View<CustomerActivity> view(Window window) {
        return declaration(CustomerActivity.MONOID).over(window).declare();
    }

    private static View.Declaration<CustomerActivity> declaration(Monoid<CustomerActivity> monoid) {
        return View.named("test.customer", monoid)
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

    /** Adds, writes and reads, and can do nothing else. */
    static class NoInverse implements Monoid<CustomerActivity> {
        @Override
        public CustomerActivity empty() {
            return CustomerActivity.EMPTY;
        }

        @Override
        public CustomerActivity plus(CustomerActivity left, CustomerActivity right) {
            return left.plus(right);
        }

        @Override
        public void write(CustomerActivity aggregate, Encoder out) throws IOException {
            CustomerActivity.MONOID.write(aggregate, out);
        }

        @Override
        public CustomerActivity read(Decoder in) throws IOException {
            return CustomerActivity.MONOID.read(in);
        }
    }
}
