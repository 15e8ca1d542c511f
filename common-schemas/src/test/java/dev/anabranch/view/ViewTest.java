package dev.anabranch.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.usecase.UseCases;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ViewTest {
    @Test
    void anEventThatCountsTwiceInOneTileMakesOneContribution() {
        View<CustomerActivity> twice = View.named("test.twice", CustomerActivity.MONOID)
                .from(Source.of(FraudEvents.TRANSACTION)
                        .by(Transaction::getCustomerId)
                        .as(CustomerActivity::of))
                .from(Source.of(FraudEvents.TRANSACTION)
                        .by(Transaction::getTerminalId)
                        .as(CustomerActivity::of))
                .over(Window.last(Duration.ofDays(1)))
                .declare();
        String topic = FraudEvents.TRANSACTION.topic();
        assertThat(twice.contributions(topic, new Transaction("t", 5L, "same", "same", 10L)))
                .containsExactly(new Contribution<>("same", 5, new CustomerActivity(2, 20)));
        assertThat(twice.contributions(topic, new Transaction("t", 5L, "a", "b", 10L)))
                .hasSize(2);
        assertThat(twice.contributions("events.other", new Transaction("t", 5L, "a", "b", 10L)))
                .isEmpty();
    }

    @Test
    void aViewTravelsToAnotherProcessAndStaysTheSame() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(FraudViews.TERMINAL);
        View<?> arrived = (View<?>) new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
        assertThat(arrived.fingerprint()).isEqualTo(FraudViews.TERMINAL.fingerprint());
        Transaction payment = new Transaction("t", 5L, "c", "w", 10L);
        assertThat(arrived.contributions(FraudEvents.TRANSACTION.topic(), payment))
                .isEqualTo(FraudViews.TERMINAL.contributions(FraudEvents.TRANSACTION.topic(), payment));
    }

    @Test
    void anotherVersionOrWindowIsAnotherFingerprint() {
        assertThat(ViewFixture.MIXED.fingerprint()).isNotEqualTo(ViewFixture.COARSE.fingerprint());
        assertThat(declared(1).fingerprint())
                .isEqualTo(declared(1).fingerprint())
                .isNotEqualTo(declared(2).fingerprint());
    }

    @Test
    void incompleteDeclarationsAreRefusedByName() {
        assertThatThrownBy(() -> View.named("Fraud", CustomerActivity.MONOID)).hasMessageContaining("got 'Fraud'");
        assertThatThrownBy(() -> View.named("a.b", CustomerActivity.MONOID).declare())
                .hasMessage("View a.b must read at least one event type; add .from(...)");
        assertThatThrownBy(() -> ViewFixture.view(Window.last(Duration.ofDays(1)))
                        .windows()
                        .add(null))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> View.named("a.b", CustomerActivity.MONOID)
                        .from(Source.of(FraudEvents.TRANSACTION)
                                .by(Transaction::getCustomerId)
                                .as(CustomerActivity::of))
                        .over(Window.last(Duration.ofDays(1)), Window.last(Duration.ofHours(24)))
                        .declare())
                .hasMessageContaining("got two named 1d");
    }

    @Test
    void useCasesAreFoundOnTheClassPath() {
        assertThat(UseCases.view("fraud.customer")).contains(FraudViews.CUSTOMER);
        assertThat(UseCases.event("fraud-label")).contains(FraudEvents.FRAUD_LABEL);
        assertThat(UseCases.view("fraud.nobody")).isEmpty();
    }

    private static View<CustomerActivity> declared(int version) {
        return View.named("test.customer", CustomerActivity.MONOID)
                .from(Source.of(FraudEvents.TRANSACTION)
                        .by(Transaction::getCustomerId)
                        .as(CustomerActivity::of))
                .over(Window.last(Duration.ofDays(1)))
                .version(version)
                .declare();
    }
}
