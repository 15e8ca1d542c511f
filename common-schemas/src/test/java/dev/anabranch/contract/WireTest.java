package dev.anabranch.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.fraud.Transaction;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class WireTest {
    private static final Wire<Transaction> WIRE = Wire.of(Transaction.class);
    private static final Transaction PAYMENT = new Transaction("t-1", 1_700_000_000_000L, "c-1", "w-1", 4200L);

    @Example
    void aRecordIsReadBackEqual() {
        assertThat(WIRE.decode(WIRE.encode(PAYMENT))).isEqualTo(PAYMENT);
    }

    @Example
    void everyTruncationIsRefused() {
        byte[] whole = WIRE.encode(PAYMENT);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> WIRE.decode(cut)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Example
    void aSchemaThatIsNotInTheHistoryIsRefused() {
        byte[] bytes = WIRE.encode(PAYMENT);
        bytes[5] ^= 1; // the fingerprint
        assertThatThrownBy(() -> WIRE.decode(bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Not a Transaction");
    }

    @Property(tries = 5000)
    void damagedBytesAreReadOrRefusedButNeverAnythingElse(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = WIRE.encode(PAYMENT);
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes[10 + random.nextInt(bytes.length - 10)] = (byte) random.nextInt(256);
        }
        try {
            WIRE.decode(bytes);
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageStartingWith("Not a Transaction");
        }
    }
}
