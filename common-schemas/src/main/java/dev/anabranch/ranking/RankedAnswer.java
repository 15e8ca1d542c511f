package dev.anabranch.ranking;

import dev.anabranch.view.Readings;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An answer as it was written down.
 *
 * @param answerId names it for ever; a {@link dev.anabranch.model.PredictionId}
 * @param atMillis the moment it is as of, and when it was made
 * @param question what was asked, by field, for people to read
 * @param by       what put things in order: a version, or the name of a rule
 * @param ranker   the model that did; empty for a rule
 * @param vectors  the vectors that took part; empty when none did
 * @param usual    whether it was asked for as many as usual, or more, and with no wish of its own
 * @param rescored whether filters or rescorers that are not known to the platform had a say in what is in it
 * @param exact    whether everything that was read equals a fold over the log up to where it was read
 * @param items    the best first
 * @param readings everything that was read; none when it was written down before it could be made again
 */
public record RankedAnswer(
        String answerId,
        long atMillis,
        Map<String, String> question,
        String by,
        Optional<Version> ranker,
        Optional<Version> vectors,
        boolean usual,
        boolean rescored,
        boolean exact,
        List<Ranked> items,
        List<Readings.Entry> readings) {
    /**
     * One of its first things, drawn by its name, so always the same: what is watched of it. None when it was asked for
     * otherwise than usual, or others had a say, so that what is shown shifts though nothing has changed.
     *
     * @param shown how many of the first are drawn from
     */
    public Optional<Ranked> drawn(int shown) {
        return usual && !rescored && !items.isEmpty()
                ? Optional.of(items.get(Math.floorMod(answerId.hashCode(), Math.min(shown, items.size()))))
                : Optional.empty();
    }

    /**
     * A model version that took part.
     *
     * @param variant the part it played; empty when there is but one
     */
    public record Version(String name, long version, String sha256, String variant) {}
}
