package dev.anabranch.benchmarks.stream;

import dev.anabranch.event.EventType;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.Source;
import dev.anabranch.view.View;
import dev.anabranch.view.Window;
import java.time.Duration;
import java.util.List;

/** The least the speed layer can be asked for: one view of one topic, keyed as the topic is, and no model. */
public final class OneView implements UseCase {
    static final String NAME = "bench";
    /** Of the reader that runs it. */
    static final String READER = "one-view";

    public static final Duration LENGTH = Duration.ofHours(1);
    public static final Duration HOP = Duration.ofMinutes(5);
    static final Window WINDOW = Window.last(LENGTH).hopping(HOP);

    static final EventType<Transaction> PAYMENT = Payments.type(READER);
    static final View<CustomerActivity> CUSTOMER = View.named(NAME + ".customer", CustomerActivity.MONOID)
            .from(Source.of(PAYMENT).by(Transaction::getCustomerId).as(CustomerActivity::of))
            .over(WINDOW)
            .measure("count", CustomerActivity::payments)
            .measure("total-cents", CustomerActivity::totalCents)
            .declare();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<EventType<?>> events() {
        return List.of(PAYMENT);
    }

    @Override
    public List<View<?>> views() {
        return List.of(CUSTOMER);
    }
}
