package dev.anabranch.speed;

import dev.anabranch.view.Position;
import dev.anabranch.view.Reading;
import java.util.Optional;

/**
 * An event on its way through the stream. Wherever it is repartitioned to, it keeps the place and time at which it
 * entered the log.
 *
 * @param event         what happened
 * @param bytes         the same, as it was published
 * @param position      where it stands in the log
 * @param arrivalMillis when the broker appended it there
 * @param readings      what was known before it, as far as it has come; empty when it is not going to be scored
 */
record Passing<E>(E event, byte[] bytes, Position position, long arrivalMillis, Optional<Readings> readings) {
    Passing<E> having(Reading<?> reading) {
        return new Passing<>(
                event,
                bytes,
                position,
                arrivalMillis,
                Optional.of(readings.orElseThrow().plus(reading)));
    }

    Passing<E> unscored() {
        return new Passing<>(event, bytes, position, arrivalMillis, Optional.empty());
    }
}
