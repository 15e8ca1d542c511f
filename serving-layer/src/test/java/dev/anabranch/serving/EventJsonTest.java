package dev.anabranch.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anabranch.contract.Prediction;
import dev.anabranch.event.EventType;
import dev.anabranch.event.EventType.Violation;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.recommendation.Item;
import dev.anabranch.recommendation.RecommendationEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventJsonTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final EventJson<Transaction> PAYMENTS = new EventJson<>(FraudEvents.TRANSACTION);

    private final ObjectMapper json = strict();

    private static ObjectMapper strict() {
        ObjectMapper mapper = new ObjectMapper();
        new StrictJson().customize(mapper);
        return mapper;
    }

    @Test
    void everyFieldOnceWithItsTypeIsAnEvent() throws JsonProcessingException {
        List<Violation> violations = new ArrayList<>();
        Optional<Transaction> event = PAYMENTS.read(json.readTree(payment("4200")), "", NOW, violations);

        assertThat(violations).isEmpty();
        assertThat(event).contains(new Transaction("tx-1", NOW, "c-1", "t-9", 4200L));
    }

    @Test
    void booleansAreRead() throws JsonProcessingException {
        EventJson<FraudLabel> labels = new EventJson<>(FraudEvents.FRAUD_LABEL);
        String label = """
                {"transactionId":"tx-1","eventTimeMillis":9,"transactionTimeMillis":8,"customerId":"c","terminalId":"t",
                 "fraud":true}""";
        List<Violation> violations = new ArrayList<>();

        assertThat(labels.read(json.readTree(label), "", NOW, violations))
                .contains(new FraudLabel("tx-1", 9L, 8L, "c", "t", true));
        labels.read(json.readTree(label.replace("true", "1")), "", NOW, violations);
        assertThat(violations).containsExactly(new Violation("fraud", "must be true or false", "1"));
    }

    @Test
    void textsByNameAreRead() throws JsonProcessingException {
        EventJson<Item> items = new EventJson<>(RecommendationEvents.ITEM);
        String item = """
                {"itemEventId":"e","eventTimeMillis":9,"itemId":"a/☂","available":false,"attributes":{"kind":"book"}}""";
        List<Violation> violations = new ArrayList<>();

        assertThat(items.read(json.readTree(item), "", NOW, violations))
                .contains(new Item("e", 9L, "a/☂", false, Map.of("kind", "book")));
        assertThat(violations).isEmpty();
        for (String broken : List.of("{\"kind\":1}", "[]", "null", "\"book\"")) {
            items.read(json.readTree(item.replace("{\"kind\":\"book\"}", broken)), "", NOW, violations);
        }
        assertThat(violations)
                .extracting(Violation::toString)
                .containsExactly(
                        "attributes must be an object of texts, got an object",
                        "attributes must be an object of texts, got an array",
                        "attributes must be an object of texts, got null",
                        "attributes must be an object of texts, got \"book\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "1.0 | 1.0",
                "1.5 | 1.5",
                "1e3 | 1000.0",
                "NaN | \"NaN\"",
                "Infinity | \"Infinity\"",
                "\"4200\" | \"4200\"",
                "true | true",
                "null | null",
                "9223372036854775808 | 9223372036854775808",
                "-9223372036854775809 | -9223372036854775809",
                "[1] | an array",
                "{} | an object",
            })
    void anAmountThatIsNoWholeNumberOf64BitsIsNamedWithItsValue(String given, String told) throws Exception {
        assertThat(violations(payment(given)))
                .containsExactly(new Violation("amountCents", "must be a whole number of 64 bits", told));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "10000000001"})
    void anAmountBeyondItsBoundsIsNamedWithItsRule(String given) throws Exception {
        assertThat(violations(payment(given)))
                .containsExactly(new Violation("amountCents", "must be between 0 and 10000000000", given));
    }

    @Test
    void allFieldsOfTheWrongTypeAreNamedAtOnce() throws Exception {
        String nothingRight = """
                {"transactionId":1,"eventTimeMillis":"now","customerId":null,"terminalId":[],"amountCents":"1"}""";

        assertThat(violations(nothingRight))
                .extracting(Violation::field)
                .containsExactly("transactionId", "eventTimeMillis", "customerId", "terminalId", "amountCents");
    }

    @Test
    void aMissingFieldIsNamed() throws Exception {
        assertThat(violations(payment("1").replace("\"customerId\":\"c-1\",", "")))
                .containsExactly(new Violation("customerId", "must be given", "nothing"));
    }

    @Test
    void aFieldThatIsNotOfTheTypeIsNamed() throws Exception {
        assertThat(violations(payment("1").replace("}", ",\"amount\":7}")))
                .containsExactly(new Violation("amount", "is not a field of transaction", "7"));
    }

    @Test
    void anEventThatIsNoObjectIsNamedByItsPlace() throws Exception {
        List<Violation> violations = new ArrayList<>();
        PAYMENTS.read(json.readTree("7"), "[3].", NOW, violations);
        PAYMENTS.read(json.readTree("[]"), "", NOW, violations);

        assertThat(violations)
                .containsExactly(
                        new Violation("[3]", "must be an object", "7"),
                        new Violation("body", "must be an object", "an array"));
    }

    @Test
    void anEventDatedTooFarAheadIsRefusedAndOneWithinTheToleranceIsNot() throws Exception {
        long latest = NOW + EventType.FUTURE_TOLERANCE.toMillis();

        assertThat(violations(payment("1").replace("" + NOW, "" + latest))).isEmpty();
        assertThat(violations(payment("1").replace("" + NOW, "" + (latest + 1))))
                .extracting(Violation::field)
                .containsExactly("eventTimeMillis");
    }

    @Test
    void anEventBefore1970IsRefused() throws Exception {
        assertThat(violations(payment("1").replace("" + NOW, "-1")))
                .containsExactly(new Violation("eventTimeMillis", "must not be before 1970", "-1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\\u0000b", "a\\nb"})
    void anIdentifierMustNameSomething(String given) throws Exception {
        assertThat(violations(payment("1").replace("\"c-1\"", "\"" + given + "\"")))
                .extracting(Violation::field)
                .containsExactly("customerId");
    }

    @Test
    void aLongValueIsToldAbridged() throws Exception {
        String told =
                violations(payment("\"" + "x".repeat(5_000) + "\"")).get(0).value();

        assertThat(told).hasSize(103).endsWith("...");
    }

    @Test
    void aFieldGivenTwiceIsNoJson() {
        assertThatThrownBy(() -> json.readTree(payment("1").replace("}", ",\"amountCents\":2}")))
                .isInstanceOf(JsonProcessingException.class)
                .hasMessageContaining("amountCents");
    }

    @Test
    void aSchemaWithAFieldThatCannotBeReadIsRefusedAtOnce() {
        EventType<Prediction> nested = EventType.named("nested", Prediction.class)
                .identifiedBy("predictionId", Prediction::getPredictionId)
                .keyedBy("model", Prediction::getModel)
                .happenedAt(Prediction::getAtMillis)
                .declare();

        assertThatThrownBy(() -> new EventJson<>(nested))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Field path of event type nested");
    }

    private List<Violation> violations(String payment) throws JsonProcessingException {
        List<Violation> violations = new ArrayList<>();
        Optional<Transaction> event = PAYMENTS.read(json.readTree(payment), "", NOW, violations);
        assertThat(event.isPresent()).isEqualTo(violations.isEmpty());
        return violations;
    }

    private static String payment(String amountCents) {
        return "{\"transactionId\":\"tx-1\",\"eventTimeMillis\":" + NOW
                + ",\"customerId\":\"c-1\",\"terminalId\":\"t-9\",\"amountCents\":" + amountCents + "}";
    }
}
