package dev.anabranch.serving;

import dev.anabranch.contract.DriftFinding;
import dev.anabranch.contract.DriftReport;
import dev.anabranch.contract.Wire;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jboss.logging.Logger;

/** How far what each model sees is from what it was measured on, as the last run of the batch layer found it; as metrics, too. */
@ApplicationScoped
class Drift {
    private static final Logger log = Logger.getLogger(Drift.class);

    private final Map<String, DriftReport> reports = new ConcurrentSkipListMap<>();
    private final MultiGauge findings;
    private final MultiGauge alerts;

    Drift(MeterRegistry metrics) {
        findings = MultiGauge.builder("anabranch.model.drift")
                .description(
                        "How far what a model sees is from what it was measured on, by subject, statistic and window")
                .register(metrics);
        alerts = MultiGauge.builder("anabranch.model.drift.alerts")
                .description("How many of them are beyond their thresholds")
                .register(metrics);
    }

    /** All reports, by the names of the models. */
    List<DriftReport> all() {
        return List.copyOf(reports.values());
    }

    /** The report about a model; empty while no run has looked. */
    Optional<DriftReport> of(String model) {
        return Optional.ofNullable(reports.get(model));
    }

    /** Takes in a record of the topic of reports. Called by one thread only. */
    void take(byte[] value) {
        if (value == null) {
            return;
        }
        try {
            DriftReport report = Wire.DRIFT_REPORT.decode(value);
            reports.put(report.getModel(), report);
        } catch (IllegalArgumentException e) {
            log.errorf(e, "A record about drift cannot be read and is passed over");
            return;
        }
        List<MultiGauge.Row<?>> figures = new ArrayList<>();
        List<MultiGauge.Row<?>> raised = new ArrayList<>();
        for (DriftReport each : reports.values()) {
            for (DriftFinding finding : each.getFindings()) {
                figures.add(MultiGauge.Row.of(
                        Tags.of(
                                "model", each.getModel(),
                                "subject", finding.getSubject(),
                                "statistic", finding.getStatistic(),
                                "window", finding.getWindow()),
                        finding.getValue()));
            }
            raised.add(MultiGauge.Row.of(
                    Tags.of("model", each.getModel()),
                    each.getFindings().stream().filter(DriftFinding::getRaised).count()));
        }
        findings.register(figures, true);
        alerts.register(raised, true);
    }
}
