package dev.anabranch.benchmarks.growth;

import dev.anabranch.benchmarks.Figures;
import dev.anabranch.benchmarks.Goal;
import dev.anabranch.benchmarks.Growth;
import dev.anabranch.benchmarks.Rounds;
import dev.anabranch.benchmarks.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** One cost at several sizes, over the rounds: told size by size, and as the exponent that fits. */
final class Curve {
    private final String what;
    private final String sized;
    private final Map<Integer, List<Double>> costs = new TreeMap<>();
    private final Map<Integer, List<Double>> grown = new TreeMap<>();

    /**
     * @param what  costs something
     * @param sized what there is more and more of
     */
    Curve(String what, String sized) {
        this.what = what;
        this.sized = sized;
    }

    /**
     * What it cost in the next round, in seconds of CPU.
     *
     * @param constant what of that is there whatever the size, measured at the same time; it would hide growth
     */
    void add(int size, double seconds, double constant) {
        costs.computeIfAbsent(size, any -> new ArrayList<>()).add(seconds);
        grown.computeIfAbsent(size, any -> new ArrayList<>()).add(seconds - constant);
    }

    /**
     * @param goal the exponent to stay below
     * @param less what was taken off; empty where nothing was
     */
    List<Row> rows(double goal, String less) {
        List<Row> rows = new ArrayList<>();
        List<Double> sizes = new ArrayList<>();
        List<Rounds> own = new ArrayList<>();
        costs.forEach((size, seconds) -> {
            Rounds all = Rounds.of(seconds, each -> each);
            Rounds bySize = Rounds.of(grown.get(size), each -> each);
            String told = less.isEmpty() ? seconds(all) : seconds(all) + ", by size " + seconds(bySize);
            rows.add(Row.of(String.format(Locale.ROOT, "%s, %,d %s", what, size, sized), told)
                    .control("", all.noise()));
            sizes.add((double) size);
            own.add(bySize);
        });
        String exponent = what + " against " + sized;
        if (own.stream().anyMatch(points -> points.least() <= 0)) {
            rows.add(Row.missing(exponent, "a cost cannot be told from " + less));
            return rows;
        }
        Rounds exponents = new Growth(sizes, own).exponents();
        String found = "exponent " + exponents + (less.isEmpty() ? "" : ", less " + less);
        rows.add(Row.of(exponent, found).goal(Goal.atMost(goal, ""), exponents));
        return rows;
    }

    private static String seconds(Rounds rounds) {
        double median = rounds.median();
        return Math.abs(median) < 1e-3
                ? Figures.shortly(median * 1e6) + " us of CPU"
                : Figures.shortly(median) + " s of CPU";
    }
}
