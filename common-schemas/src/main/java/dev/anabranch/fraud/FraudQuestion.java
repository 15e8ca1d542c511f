package dev.anabranch.fraud;

import dev.anabranch.contract.Prediction;
import dev.anabranch.event.EventType;
import dev.anabranch.model.Question;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** How likely is this payment to be fraudulent, given what its customer and its terminal did before it? */
public class FraudQuestion implements Question<Transaction> {
    private static final String CUSTOMER_ID = "customerId";

    @Override
    public EventType<Transaction> event() {
        return FraudEvents.TRANSACTION;
    }

    @Override
    public List<View<?>> views() {
        return List.of(FraudViews.CUSTOMER, FraudViews.TERMINAL);
    }

    @Override
    public String entity(View<?> view, Transaction payment) {
        return view.name().equals(FraudViews.CUSTOMER.name()) ? payment.getCustomerId() : payment.getTerminalId();
    }

    @Override
    public String subject(Transaction payment) {
        return payment.getCustomerId();
    }

    @Override
    public String subjectField() {
        return CUSTOMER_ID;
    }

    @Override
    public List<String> featureNames() {
        return FraudFeatures.NAMES;
    }

    @Override
    @SuppressWarnings("unchecked") // the values come in the order of views()
    public double[] features(Transaction payment, List<WindowValues<?>> values) {
        return FraudFeatures.of(
                payment.getEventTimeMillis(),
                payment.getAmountCents(),
                (WindowValues<CustomerActivity>) values.get(0),
                (WindowValues<TerminalActivity>) values.get(1));
    }

    /** A feature's name ends with the spans it looks at: {@code .7d}, or {@code .7d-to-30d} for two beside each other. */
    @Override
    public List<WindowOf> windowsOf(String feature) {
        int dot = feature.lastIndexOf('.');
        if (dot < 0) {
            return List.of();
        }
        View<?> view = feature.startsWith("terminal.") ? FraudViews.TERMINAL : FraudViews.CUSTOMER;
        List<WindowOf> windows = new ArrayList<>();
        for (String span : feature.substring(dot + 1).split("-to-")) {
            view.windows().stream()
                    .filter(window ->
                            window.label().equals(span) || window.label().startsWith(span + "."))
                    .forEach(window -> windows.add(new WindowOf(view, window.label())));
        }
        return windows;
    }

    /** A fraud costs what was paid, in cents. */
    @Override
    public Optional<ToLongFunction<Transaction>> stake() {
        return Optional.of(Transaction::getAmountCents);
    }

    @Override
    public Map<String, String> about(Transaction payment) {
        Map<String, String> asked = new LinkedHashMap<>(); // in one order, so that the same question is the same bytes
        asked.put(CUSTOMER_ID, payment.getCustomerId());
        asked.put("terminalId", payment.getTerminalId());
        asked.put("amountCents", Long.toString(payment.getAmountCents()));
        return asked;
    }

    @Override
    public Transaction asked(Prediction prediction) {
        Map<String, String> question = prediction.getQuestion();
        return new Transaction(
                prediction.getEventId(),
                prediction.getAtMillis(),
                question.get(CUSTOMER_ID),
                question.get("terminalId"),
                Long.parseLong(question.get("amountCents")));
    }
}
