package dev.anabranch.speed;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * How events of one type say what came true.
 *
 * @param about    the id of the event that was scored
 * @param positive whether what the model warns of is true
 * @param within   how long after a prediction a label may come, or after the label before it; what is kept grows with it
 */
public record Label<L>(Function<L, String> about, Predicate<L> positive, Duration within) {}
