package dev.anabranch.batch.drift;

import dev.anabranch.batch.ControlTopic;
import dev.anabranch.contract.DriftAlert;
import dev.anabranch.contract.DriftFinding;
import dev.anabranch.contract.DriftReport;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was found, told: the report to whoever asks how things are ({@link Topics#DRIFT}), and each alert that has come or gone
 * since the report that was told before to whoever listens ({@link Topics#ALERTS}). The alerts go first, so one that is stopped in
 * between tells them again, and none is lost.
 */
final class DriftAlerts {
    private final ControlTopic reports;
    private final ControlTopic alerts;

    DriftAlerts(String bootstrapServers) {
        this.reports = new ControlTopic(bootstrapServers, Topics.DRIFT);
        this.alerts = new ControlTopic(bootstrapServers, Topics.ALERTS);
    }

    /** What a finding is known by: what it is about, the statistic and the window. */
    record About(String subject, String statistic, String window) {
        static About of(DriftFinding finding) {
            return new About(finding.getSubject(), finding.getStatistic(), finding.getWindow());
        }
    }

    /** The report that was told last. */
    Optional<DriftReport> told(String model) {
        return reports.record(model).map(Wire.DRIFT_REPORT::decode);
    }

    /** Tells a report; does nothing when it was told already. */
    void tell(DriftReport report) {
        Optional<DriftReport> before = told(report.getModel());
        if (before.filter(report::equals).isPresent()) {
            return;
        }
        alerts.publishAll(
                report.getModel(),
                changes(before, report).stream().map(Wire.DRIFT_ALERT::encode).toList());
        reports.publish(report.getModel(), Wire.DRIFT_REPORT.encode(report));
    }

    /** What has become an alert, and what is none any more. One that nothing is said about any more is none. */
    static List<DriftAlert> changes(Optional<DriftReport> before, DriftReport report) {
        Map<About, DriftFinding> raised = new LinkedHashMap<>();
        before.ifPresent(told -> told.getFindings().stream()
                .filter(DriftFinding::getRaised)
                .forEach(finding -> raised.put(About.of(finding), finding)));
        List<DriftAlert> changes = new ArrayList<>();
        for (DriftFinding finding : report.getFindings()) {
            boolean was = raised.remove(About.of(finding)) != null;
            if (was != finding.getRaised()) {
                changes.add(alert(report, finding));
            }
        }
        raised.values()
                .forEach(gone -> changes.add(alert(
                        report,
                        DriftFinding.newBuilder(gone)
                                .setRaised(false)
                                .setSinceMillis(0)
                                .setDetail("is not looked at any more")
                                .build())));
        return changes;
    }

    private static DriftAlert alert(DriftReport report, DriftFinding finding) {
        return new DriftAlert(
                report.getModel(),
                report.getVersion(),
                report.getRun(),
                report.getFoundMillis(),
                report.getAction(),
                finding);
    }
}
