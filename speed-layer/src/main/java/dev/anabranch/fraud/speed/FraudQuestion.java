package dev.anabranch.fraud.speed;

import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.speed.Question;
import dev.anabranch.speed.Readings;
import java.util.LinkedHashMap;
import java.util.Map;

/** How likely is this payment to be fraudulent, given what its customer and its terminal did before it? */
final class FraudQuestion implements Question<Transaction> {
    @Override
    public Map<String, String> about(Transaction payment) {
        Map<String, String> asked = new LinkedHashMap<>(); // in one order, so that the same question is the same bytes
        asked.put("customerId", payment.getCustomerId());
        asked.put("terminalId", payment.getTerminalId());
        asked.put("amountCents", Long.toString(payment.getAmountCents()));
        return asked;
    }

    @Override
    public double[] features(Transaction payment, Readings before) {
        return FraudFeatures.of(
                payment.getEventTimeMillis(),
                payment.getAmountCents(),
                before.of(FraudViews.CUSTOMER),
                before.of(FraudViews.TERMINAL));
    }
}
