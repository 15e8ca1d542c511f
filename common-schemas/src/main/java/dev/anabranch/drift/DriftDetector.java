package dev.anabranch.drift;

import dev.anabranch.contract.DriftFinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** What a version was measured on, and what it sees in a window, in; how far they are apart, and whether that is an alert, out. */
public final class DriftDetector {
    /** The values of a version's score. */
    public static final String SCORE = "score";
    /** What came true: 1 or 0. */
    public static final String LABEL = "label";
    /** All inputs together, where it is not about one. */
    public static final String FEATURES = "features";

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
     * Compares all that stands in both.
     *
     * @param reference by subject
     * @param window    by subject
     * @param span      the name of the window
     * @param raised    whether a finding was an alert before: subject, statistic and window are what it is known by
     */
    public List<DriftFinding> compare(
            Map<String, ByWeekday> reference,
            Map<String, ByWeekday> window,
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
                findings.addAll(spread(subject, Shift.between(before, values), span, raised));
            }
        });
        return findings;
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

    private List<DriftFinding> spread(String subject, Shift shift, String span, Predicate<DriftFinding> raised) {
        boolean few = shift.rows() < thresholds.leastRows();
        String beside =
                few ? fewer() : String.format(Locale.ROOT, "beside %.0f rows of the reference", shift.referenceRows());
        List<DriftFinding> findings = new ArrayList<>();
        findings.add(finding(subject, PSI, span, shift.psi(), thresholds.psi(), shift.rows(), !few, beside, raised));
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
