package dev.anabranch.drift;

import dev.anabranch.contract.DriftFinding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What a version was measured on, and what it sees in a window, in; how far they are apart, and whether that is an alert, out. */
public final class DriftDetector {
    /** The values of a version's score. */
    public static final String SCORE = "score";
    /** What came true: 1 or 0. */
    public static final String LABEL = "label";
    /** All inputs together, where it is not about one. */
    public static final String FEATURES = "features";

    /** A day, in which a break shows soonest, and a week, in which a slow change does. By name. */
    private static final SortedMap<String, Duration> WINDOWS =
            new TreeMap<>(Map.of("1d", Duration.ofDays(1), "7d", Duration.ofDays(7)));

    /** Windows that ended so many days earlier, one for each day, say what is usual. */
    private static final int EARLIER = 14;

    /** As soon as there are so many of them. */
    private static final int LEAST_EARLIER = 5;

    /** How long before it what was observed has a say in what is found at a moment. */
    public static final Duration REACH = Duration.ofDays(EARLIER + 7);

    private static final String PSI = "psi";
    private static final String KS = "ks";
    private static final String MISSING = "missing";
    private static final String RATE = "rate";
    private static final String SKEW = "skew";

    /** An alert stays one until the figure is well below its threshold, or it would come and go by the hour. */
    private static final double UNTIL = 0.8;

    /** Counted among the positives on both sides, so that none is rare and not impossible. */
    private static final double PRIOR = 0.5;

    private static final int POSITIVE = ValueHistogram.binOf(1);

    private final DriftThresholds thresholds;

    public DriftDetector(DriftThresholds thresholds) {
        this.thresholds = thresholds;
    }

    /** The name of an input among what is looked at. */
    public static String feature(String name) {
        return "feature/" + name;
    }

    /**
     * Compares the last day and the last week before a moment.
     *
     * @param reference by subject
     * @param observed  from {@link #REACH} before that moment on, as far as it is known
     * @param toMillis  the moment, in epoch milliseconds
     * @param raised    whether a finding was an alert before: subject, statistic and window are what it is known by
     */
    public List<DriftFinding> look(
            Map<String, ByWeekday> reference, ObservedValues observed, long toMillis, Predicate<DriftFinding> raised) {
        List<DriftFinding> findings = new ArrayList<>();
        WINDOWS.forEach((span, length) -> {
            List<Map<String, ByWeekday>> earlier = new ArrayList<>();
            for (int days = 1; days <= EARLIER; days++) {
                long to = toMillis - Duration.ofDays(days).toMillis();
                earlier.add(observed.between(to - length.toMillis(), to));
            }
            findings.addAll(compare(
                    reference, observed.between(toMillis - length.toMillis(), toMillis), earlier, span, raised));
        });
        return findings;
    }

    /** @param earlier windows of the same length, which say what is usual */
    private List<DriftFinding> compare(
            Map<String, ByWeekday> reference,
            Map<String, ByWeekday> window,
            List<Map<String, ByWeekday>> earlier,
            String span,
            Predicate<DriftFinding> raised) {
        List<DriftFinding> findings = new ArrayList<>();
        window.forEach((subject, values) -> {
            ByWeekday before = reference.get(subject);
            if (before == null || before.all().total() <= 0 || values.all().total() <= 0) {
                return;
            }
            if (subject.equals(LABEL)) {
                findings.add(rate(before.all(), values.all(), span, raised));
            } else {
                List<ByWeekday> past = earlier.stream()
                        .map(then -> then.get(subject))
                        .filter(then -> then != null && then.all().total() >= thresholds.leastRows())
                        .toList();
                findings.addAll(
                        spread(subject, Shift.between(before, values), psiThreshold(before, past), span, raised));
            }
        });
        return findings;
    }

    /**
     * From where on the stability index of a subject is an alert. What is far from the reference every day, because customers
     * differ or the reference is old, is no news; what is three times as far as on most days is, though it be little.
     */
    private double psiThreshold(ByWeekday reference, List<ByWeekday> past) {
        if (past.size() < LEAST_EARLIER) {
            return thresholds.psi();
        }
        double[] usual = past.stream()
                .mapToDouble(then -> Shift.between(reference, then).psi())
                .sorted()
                .toArray();
        double unusual = Math.max(thresholds.leastPsi(), thresholds.timesUsual() * usual[usual.length / 2]);
        return Math.min(thresholds.psi(), unusual);
    }

    /**
     * Predictions whose logged inputs are not those that the training set has for them. There must be none.
     *
     * @param checked   how many were compared
     * @param differing how many of them differ
     */
    public DriftFinding skew(long checked, long differing, String span) {
        double share = checked == 0 ? 0 : (double) differing / checked;
        return new DriftFinding(
                FEATURES, SKEW, span, share, 0.0, checked, differing > 0, 0L, differing + " of " + checked + " differ");
    }

    private List<DriftFinding> spread(
            String subject, Shift shift, double psi, String span, Predicate<DriftFinding> raised) {
        boolean few = shift.rows() < thresholds.leastRows();
        String beside =
                few ? fewer() : String.format(Locale.ROOT, "beside %.0f rows of the reference", shift.referenceRows());
        List<DriftFinding> findings = new ArrayList<>();
        findings.add(finding(subject, PSI, span, shift.psi(), psi, shift.rows(), !few, beside, raised));
        findings.add(finding(
                subject,
                KS,
                span,
                shift.ks(),
                thresholds.ks(),
                shift.rows(),
                !few && shift.p() < thresholds.significance(),
                few ? beside : String.format(Locale.ROOT, "p %.2g", shift.p()),
                raised));
        if (!subject.equals(SCORE)) {
            findings.add(finding(
                    subject,
                    MISSING,
                    span,
                    Math.max(0, shift.missing() - shift.expectedMissing()),
                    thresholds.missing(),
                    shift.rows(),
                    !few,
                    String.format(Locale.ROOT, "%.4f beside %.4f", shift.missing(), shift.expectedMissing()),
                    raised));
        }
        return findings;
    }

    /** By how many times the rate of positives has grown or shrunk; and a test of two proportions. */
    private DriftFinding rate(ValueHistogram before, ValueHistogram now, String span, Predicate<DriftFinding> raised) {
        double rows = now.total();
        double referenceRows = before.total();
        double rate = now.count(POSITIVE) / rows;
        double expected = before.count(POSITIVE) / referenceRows;
        double growth = (rate + PRIOR / rows) / (expected + PRIOR / referenceRows);
        double times = Math.max(growth, 1 / growth);
        double pooled = (now.count(POSITIVE) + before.count(POSITIVE)) / (rows + referenceRows);
        double deviation = Math.sqrt(pooled * (1 - pooled) * (1 / rows + 1 / referenceRows));
        double z = deviation == 0 ? 0 : Math.abs(rate - expected) / deviation;
        double p = Math.exp(-z * z / 2); // at most: a bound on both tails of the normal distribution
        boolean few = now.total() < thresholds.leastRows();
        return finding(
                LABEL,
                RATE,
                span,
                times,
                thresholds.rate(),
                now.total(),
                !few && p < thresholds.significance(),
                few ? fewer() : String.format(Locale.ROOT, "%.5f beside %.5f, p at most %.2g", rate, expected, p),
                raised);
    }

    private String fewer() {
        return "fewer than " + thresholds.leastRows() + " values";
    }

    private DriftFinding finding(
            String subject,
            String statistic,
            String span,
            double value,
            double threshold,
            long rows,
            boolean mayBe,
            String detail,
            Predicate<DriftFinding> raised) {
        DriftFinding finding = new DriftFinding(subject, statistic, span, value, threshold, rows, false, 0L, detail);
        double from = raised.test(finding) ? UNTIL * threshold : threshold;
        return mayBe && value >= from
                ? DriftFinding.newBuilder(finding).setRaised(true).build()
                : finding;
    }
}
