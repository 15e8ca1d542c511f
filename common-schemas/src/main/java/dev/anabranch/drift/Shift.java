package dev.anabranch.drift;

import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far the values of a window are from those of a reference that has the window's mix of weekdays. A weekday that the
 * reference lacks is expected to be as all of its days together.
 *
 * @param rows               values in the window
 * @param referenceRows      values that the expectation rests on: as many as would leave it as uncertain, were it drawn
 *                           evenly
 * @param psi                the population stability index
 * @param ks                 the greatest difference of the two cumulative shares, from 0 to 1; of values that are there
 * @param p                  how likely a difference like {@code ks} is between independent draws from one distribution.
 *                           Events of one card are not independent, so where it is small it says little
 * @param missing            the share of missing values in the window
 * @param expectedMissing    and the share that was expected
 */
public record Shift(
        long rows, double referenceRows, double psi, double ks, double p, double missing, double expectedMissing) {
    /**
     * Where one group of the stability index ends and the next begins, as shares of the reference. The tenths are customary; the
     * ends are cut finer, because what is rare is what fraud is made of.
     */
    private static final double[] CUTS = {
        0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999
    };

    /** Counted in every group that is drawn from, so that an empty one is rare and not impossible. */
    private static final double PRIOR = 0.5;

    private static final int TERMS = 100;

    /**
     * @throws IllegalArgumentException when either has no value
     */
    public static Shift between(ByWeekday reference, ByWeekday window) {
        ValueHistogram pooled = reference.all();
        ValueHistogram actual = window.all();
        if (pooled.total() <= 0 || actual.total() <= 0) {
            throw new IllegalArgumentException(
                    "There must be values in reference and window, got " + pooled.total() + " and " + actual.total());
        }
        Map<DayOfWeek, ValueHistogram> before = reference.days();
        TreeMap<Integer, Double> expected = new TreeMap<>();
        Map<ValueHistogram, Double> bases = new IdentityHashMap<>(); // days that the reference lacks share one
        for (Map.Entry<DayOfWeek, ValueHistogram> day : window.days().entrySet()) {
            double weight = Math.max(0, (double) day.getValue().total() / actual.total());
            ValueHistogram like = before.get(day.getKey());
            ValueHistogram basis = like == null || like.total() <= 0 ? pooled : like;
            double total = basis.total();
            basis.counts().forEach((bin, count) -> expected.merge(bin, weight * count / total, Double::sum));
            bases.merge(basis, weight, Double::sum);
        }
        double uncertainty = 0;
        for (Map.Entry<ValueHistogram, Double> basis : bases.entrySet()) {
            uncertainty += basis.getValue() * basis.getValue() / basis.getKey().total();
        }
        long rows = actual.total();
        double referenceRows = 1 / uncertainty;
        double ks = kolmogorovSmirnov(expected, actual.counts());
        double present = rows - actual.count(ValueHistogram.MISSING);
        double expectedMissing = expected.getOrDefault(ValueHistogram.MISSING, 0.0);
        return new Shift(
                rows,
                referenceRows,
                stabilityIndex(expected, referenceRows, actual.counts(), rows),
                ks,
                kolmogorov(ks, present, referenceRows * (1 - expectedMissing)),
                (double) actual.count(ValueHistogram.MISSING) / rows,
                expectedMissing);
    }

    /**
     * The sum over groups of (actual - expected) times the logarithm of actual over expected: the divergence of Jeffreys
     * (1946), known in credit scoring as the population stability index.
     *
     * @see <a href="https://doi.org/10.1002/9781119201731">Siddiqi, Credit Risk Scorecards, 2006</a>
     */
    private static double stabilityIndex(
            TreeMap<Integer, Double> expected, double referenceRows, SortedMap<Integer, Long> actual, long rows) {
        List<double[]> groups = groups(expected, actual);
        double psi = 0;
        for (double[] group : groups) {
            double e = share(group[0] * referenceRows, referenceRows, groups.size());
            double a = share(group[1], rows, groups.size());
            psi += (a - e) * Math.log(a / e);
        }
        return psi;
    }

    private static double share(double count, double rows, int groups) {
        return (Math.max(0, count) + PRIOR) / (rows + PRIOR * groups);
    }

    /** For each group the share that is expected and how many are there. What is missing is a group of its own. */
    private static List<double[]> groups(TreeMap<Integer, Double> expected, SortedMap<Integer, Long> actual) {
        TreeMap<Integer, double[]> bins = new TreeMap<>();
        expected.forEach((bin, share) -> bins.computeIfAbsent(bin, none -> new double[2])[0] += share);
        actual.forEach((bin, count) -> bins.computeIfAbsent(bin, none -> new double[2])[1] += count);
        List<double[]> groups = new ArrayList<>();
        double[] missing = bins.remove(ValueHistogram.MISSING);
        if (missing != null) {
            groups.add(missing);
        }
        double present = bins.values().stream().mapToDouble(bin -> bin[0]).sum();
        double upTo = 0;
        int cut = 0;
        double[] open = null;
        for (double[] bin : bins.values()) {
            if (open == null) {
                open = new double[2];
                groups.add(open);
            }
            open[0] += bin[0];
            open[1] += bin[1];
            upTo += present == 0 ? 0 : bin[0] / present;
            if (cut < CUTS.length && upTo >= CUTS[cut]) {
                while (cut < CUTS.length && upTo >= CUTS[cut]) {
                    cut++;
                }
                open = null;
            }
        }
        return groups;
    }

    private static double kolmogorovSmirnov(TreeMap<Integer, Double> expected, SortedMap<Integer, Long> actual) {
        double present = 0;
        for (Map.Entry<Integer, Double> bin :
                expected.tailMap(ValueHistogram.MISSING, false).entrySet()) {
            present += bin.getValue();
        }
        double rows = 0;
        TreeMap<Integer, Double> differences = new TreeMap<>();
        for (Map.Entry<Integer, Long> bin : actual.entrySet()) {
            rows += bin.getKey() == ValueHistogram.MISSING ? 0 : bin.getValue();
        }
        if (present == 0 || rows <= 0) {
            return 0; // where one has nothing but missing values, their share says it
        }
        for (Map.Entry<Integer, Double> bin :
                expected.tailMap(ValueHistogram.MISSING, false).entrySet()) {
            differences.merge(bin.getKey(), bin.getValue() / present, Double::sum);
        }
        for (Map.Entry<Integer, Long> bin : actual.entrySet()) {
            if (bin.getKey() != ValueHistogram.MISSING) {
                differences.merge(bin.getKey(), -bin.getValue() / rows, Double::sum);
            }
        }
        double difference = 0;
        double greatest = 0;
        for (double step : differences.values()) {
            difference += step;
            greatest = Math.max(greatest, Math.abs(difference));
        }
        return Math.min(1, greatest);
    }

    /**
     * The limit distribution of Kolmogorov with the correction of Stephens for finite samples.
     *
     * @see <a href="https://doi.org/10.1111/j.2517-6161.1970.tb00821.x">Stephens, 1970</a>
     */
    static double kolmogorov(double ks, double rows, double referenceRows) {
        if (ks == 0 || rows <= 0 || referenceRows <= 0) {
            return 1;
        }
        double root = Math.sqrt(rows * referenceRows / (rows + referenceRows));
        double lambda = (root + 0.12 + 0.11 / root) * ks;
        if (lambda < 0.2) {
            return 1; // to 12 digits, and the series converges slowly there
        }
        double sum = 0;
        for (int j = 1; j <= TERMS; j++) {
            double term = Math.exp(-2.0 * j * j * lambda * lambda);
            sum += j % 2 == 1 ? term : -term;
            if (term < 1e-18) {
                break;
            }
        }
        return Math.min(1, Math.max(0, 2 * sum));
    }
}
