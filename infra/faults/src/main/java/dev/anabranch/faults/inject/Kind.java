package dev.anabranch.faults.inject;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A kind of fault.
 *
 * @param name       what it is called in tables
 * @param shortest   how long it lasts at least, from its injection to its end
 * @param longest    how long it lasts at most
 * @param upsets     what it upsets: no two faults upset the same at once
 * @param leansOn    what must work for it to be what it is: nobody upsets that meanwhile
 * @param impossible why it cannot be had here; empty when it can
 * @param make       makes one
 */
public record Kind(
        String name,
        Duration shortest,
        Duration longest,
        Set<String> upsets,
        Set<String> leansOn,
        Function<Scene, Optional<String>> impossible,
        BiFunction<Scene, Random, Fault> make) {
    /** Whether faults of both kinds may be under way at once. */
    public boolean bears(Kind other) {
        return apart(upsets, other.upsets) && apart(upsets, other.leansOn) && apart(leansOn, other.upsets);
    }

    private static boolean apart(Set<String> some, Set<String> others) {
        return some.stream().noneMatch(others::contains);
    }
}
