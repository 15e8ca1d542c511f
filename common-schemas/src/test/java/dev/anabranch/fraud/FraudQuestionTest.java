package dev.anabranch.fraud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.Question.WindowOf;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FraudQuestionTest {
    private static final long AT = 1_750_636_800_000L;

    private final FraudQuestion question = new FraudQuestion();
    private final Transaction payment = new Transaction("t-1", AT, "c-1", "w-1", 4_200L);

    @Test
    void aFeatureChangesWithTheWindowsItSaysItLooksAtAndWithNoOther() {
        List<Set<WindowOf>> moved = new ArrayList<>();
        question.featureNames().forEach(name -> moved.add(new HashSet<>()));
        Random random = new Random(5);
        for (int i = 0; i < 500; i++) {
            List<WindowValues<?>> values = values(random);
            double[] before = question.features(payment, values);
            for (int view = 0; view < 2; view++) {
                for (int window = 0; window < 3; window++) {
                    double[] after = question.features(payment, changed(values, view, window));
                    for (int feature = 0; feature < before.length; feature++) {
                        if (before[feature] != after[feature]) {
                            moved.get(feature).add(window(view, window));
                        }
                    }
                }
            }
        }

        for (int feature = 0; feature < moved.size(); feature++) {
            String name = question.featureNames().get(feature);
            assertThat(question.windowsOf(name)).as(name).containsExactlyInAnyOrderElementsOf(moved.get(feature));
        }
    }

    private WindowOf window(int view, int window) {
        View<?> of = question.views().get(view);
        return new WindowOf(of, of.windows().get(window).label());
    }

    private static List<WindowValues<?>> values(Random random) {
        List<CustomerActivity> customer = new ArrayList<>();
        List<TerminalActivity> terminal = new ArrayList<>();
        for (int window = 0; window < 3; window++) {
            int payments = 1 + random.nextInt(5);
            customer.add(new CustomerActivity(payments, payments * (1_000L + random.nextInt(5_000))));
            terminal.add(new TerminalActivity(payments, random.nextInt(payments + 1)));
        }
        return List.of(
                new WindowValues<>(FraudViews.CUSTOMER, AT, customer),
                new WindowValues<>(FraudViews.TERMINAL, AT, terminal));
    }

    @SuppressWarnings("unchecked") // the values come in the order of the views
    private static List<WindowValues<?>> changed(List<WindowValues<?>> values, int view, int window) {
        WindowValues<CustomerActivity> customer = (WindowValues<CustomerActivity>) values.get(0);
        WindowValues<TerminalActivity> terminal = (WindowValues<TerminalActivity>) values.get(1);
        return view == 0
                ? List.of(changed(customer, window, new CustomerActivity(3, 123_457)), terminal)
                : List.of(customer, changed(terminal, window, new TerminalActivity(2, 1)));
    }

    private static <A> WindowValues<A> changed(WindowValues<A> values, int window, A by) {
        List<A> changed = new ArrayList<>(values.values());
        changed.set(window, values.view().monoid().plus(changed.get(window), by));
        return new WindowValues<>(values.view(), values.atMillis(), changed);
    }
}
