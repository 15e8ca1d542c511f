package dev.anabranch.batch.drift;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.drift.DriftAlerts.About;
import dev.anabranch.batch.model.ModelRelease;
import dev.anabranch.contract.DriftFinding;
import dev.anabranch.contract.DriftReport;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.drift.ByWeekday;
import dev.anabranch.drift.DriftDetector;
import dev.anabranch.drift.ObservedValues;
import dev.anabranch.lakehouse.DriftReports;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.ModelDecisions;
import dev.anabranch.lakehouse.ModelReferences;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.lakehouse.PredictionProfiles;
import dev.anabranch.lakehouse.PredictionProfiles.Profile;
import dev.anabranch.lakehouse.SnapshotCut;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of a run that looks whether what the live version of a model is asked, and says, and what came true, is still what it
 * was measured on. It counts what has been archived since the run before, up to the end of the run's snapshots: nothing is
 * published by position here, so there is no waiting for whole blocks.
 *
 * <p>Inputs and labels of what is asked are those of all versions that answered; a score is the live version's own, and so is what a
 * version that puts things in order has chosen to show. Windows end with the hour of
 * the newest prediction, in event time: a history that is replayed is watched by its own clock.
 */
public final class DriftStage {
    private static final Logger LOG = LoggerFactory.getLogger(DriftStage.class);

    /** Before that, of what is counted at once, nothing can have a say; a day more for hours that come in disorder. */
    private static final Duration COUNTED = DriftDetector.REACH.plusDays(1);

    private static final Duration SAMPLED = Duration.ofDays(1);
    private static final String SAMPLED_NAME = "1d";

    private final BatchRun run;
    private final String model;
    private final DriftConfig config;
    private final DriftDetector detector;
    private final PredictionProfiles profiles;
    private final DriftReports reports;
    private final DriftAlerts alerts;

    /** @throws IllegalArgumentException when a setting makes no sense */
    public DriftStage(BatchRun run, DriftConfig config) {
        Lakehouse lakehouse = run.session().lakehouse();
        this.run = run;
        this.model = run.useCase().name();
        this.config = config;
        this.detector = new DriftDetector(config.toThresholds());
        config.check();
        this.profiles = new PredictionProfiles(lakehouse);
        this.reports = new DriftReports(lakehouse);
        this.alerts = new DriftAlerts(run.session().config().kafka().bootstrapServers());
    }

    /**
     * Looks, if the use case gives anything that can be watched.
     *
     * @param mayAct whether anything may be done about what is found; a run that is to train nothing looks, and no more
     */
    public void run(boolean mayAct) {
        Watched.of(run).ifPresent(watched -> run(watched, mayAct));
    }

    void run(Watched watched, boolean mayAct) {
        run.stage("count predictions and outcomes", () -> count(watched));
        Optional<ModelVersion> live = live();
        if (live.isPresent()) {
            run.stage("look for drift", () -> look(live.get(), watched, mayAct));
        }
    }

    private Optional<ModelVersion> live() {
        Lakehouse lakehouse = run.session().lakehouse();
        return new ModelDecisions(lakehouse)
                .newest(model)
                .flatMap(decision -> new ModelRegistry(lakehouse).version(model, decision.version()))
                .map(ModelRegistry.Registered::version);
    }

    /** @return how many predictions and outcomes were counted */
    private long count(Watched watched) {
        Cut from = profiles.counted();
        Map<Origin, Long> to = new HashMap<>();
        List<Profile> counted = watched.count((identifier, topic, atField) ->
                added(identifier, topic, from, to).map(rows -> recent(rows, atField)));
        if (to.isEmpty()) {
            return 0;
        }
        if (!profiles.add(counted, from, to)) {
            throw new IllegalStateException("Another run counted the predictions of " + model
                    + " at the same time. Nothing was added by this one; run it again");
        }
        return counted.stream()
                .filter(profile -> profile.subject().equals(DriftDetector.SCORE)
                        || profile.subject().equals(DriftDetector.LABEL))
                .mapToLong(profile -> profile.values().total())
                .sum();
    }

    /** The rows that were archived since they were counted last; empty when there are none. */
    private Optional<Dataset<Row>> added(TableIdentifier identifier, String topic, Cut from, Map<Origin, Long> to) {
        Long snapshot = run.snapshots().get(identifier.toString());
        if (snapshot == null) {
            return Optional.empty();
        }
        Table table = run.session().lakehouse().find(identifier).orElseThrow();
        Column added = lit(false);
        boolean any = false;
        for (Map.Entry<Origin, Long> end :
                SnapshotCut.of(table, table.snapshot(snapshot)).origins().entrySet()) {
            Origin origin = end.getKey();
            if (origin.topic().equals(topic) && end.getValue() > from.before(origin)) {
                to.put(origin, end.getValue());
                any = true;
                added = added.or(col(EventTables.KAFKA_PARTITION)
                        .equalTo(origin.partition())
                        .and(col(EventTables.KAFKA_OFFSET).geq(from.before(origin)))
                        .and(col(EventTables.KAFKA_OFFSET).lt(end.getValue())));
            }
        }
        return any ? Optional.of(run.session().table(identifier, snapshot).where(added)) : Optional.empty();
    }

    /** Of a long history the end: no window reaches further back. */
    private static Dataset<Row> recent(Dataset<Row> rows, String at) {
        Row newest = rows.agg(max(at)).first();
        return newest.isNullAt(0) ? rows : rows.where(col(at).geq(newest.getLong(0) - COUNTED.toMillis()));
    }

    /** @return how many findings there are */
    private long look(ModelVersion live, Watched watched, boolean mayAct) {
        Optional<DriftReport> before = reports.newest(model);
        before.ifPresent(this::stillAsked);
        before.ifPresent(alerts::tell); // a run that was stopped may have kept it to itself
        Optional<Map<String, ByWeekday>> reference =
                new ModelReferences(run.session().lakehouse()).of(model, live.getSha256());
        OptionalLong newest = profiles.newestHour(model);
        String nothing = "";
        List<DriftFinding> findings = new ArrayList<>();
        long to = newest.isPresent() ? newest.getAsLong() + PredictionProfiles.HOUR_MILLIS : 0;
        if (reference.isEmpty()) {
            nothing = "what version " + live.getVersion() + " was measured on is not known";
        } else if (newest.isEmpty()) {
            nothing = "no prediction has been archived yet";
        } else {
            findings.addAll(compare(reference.get(), watched, live.getVersion(), to, before));
        }
        Optional<DriftFinding> skew = mayAct ? skew(live, watched, before) : Optional.empty();
        skew.or(() -> before.filter(report -> config.skewSample() > 0 && report.getVersion() == live.getVersion())
                        .flatMap(DriftStage::skewOf))
                .ifPresent(findings::add);
        List<DriftFinding> dated = dated(findings, before);
        List<DriftFinding> raised =
                dated.stream().filter(DriftFinding::getRaised).toList();
        boolean news = raised.stream().anyMatch(finding -> skew.isPresent() || !isSkew(finding));
        String action = mayAct && news ? act(raised, before, watched) : "";
        DriftReport report = new DriftReport(
                model,
                live.getVersion(),
                run.id(),
                run.startedMillis(),
                to,
                nothing,
                action,
                action.isEmpty() ? before.map(DriftReport::getActedMillis).orElse(0L) : run.startedMillis(),
                skew.isEmpty() ? before.map(DriftReport::getSkewMillis).orElse(0L) : run.startedMillis(),
                dated);
        reports.add(report);
        alerts.tell(report);
        if (!raised.isEmpty()) {
            LOG.warn("{} version {} drifts: {}", model, live.getVersion(), told(raised));
        }
        return dated.size();
    }

    /** What an alert has asked for stands until a version is trained: a run that was stopped, or could not train, has not done it. */
    private void stillAsked(DriftReport before) {
        long trained = new ModelRegistry(run.session().lakehouse())
                .newestTrained(model)
                .map(ModelVersion::getCreatedMillis)
                .orElse(0L);
        if (config.action() == DriftConfig.Action.RETRAIN && before.getActedMillis() > trained) {
            run.requestTraining("an alert asked for it, and no version has been trained since");
        }
    }

    private List<DriftFinding> compare(
            Map<String, ByWeekday> reference, Watched watched, long live, long to, Optional<DriftReport> before) {
        ObservedValues observed = new ObservedValues();
        for (Profile profile : profiles.since(model, to - DriftDetector.REACH.toMillis())) {
            if (profile.version() == live || !watched.isVersionsOwn(profile.subject())) {
                observed.add(profile.hourMillis(), profile.subject(), profile.values());
            }
        }
        Map<About, DriftFinding> known = byAbout(before);
        return detector.look(
                reference,
                observed,
                to,
                finding -> Optional.ofNullable(known.get(About.of(finding)))
                        .filter(DriftFinding::getRaised)
                        .isPresent());
    }

    /** Some of the newest predictions made again from the archive, where that is due. */
    private Optional<DriftFinding> skew(ModelVersion live, Watched watched, Optional<DriftReport> before) {
        long since =
                run.startedMillis() - before.map(DriftReport::getSkewMillis).orElse(0L);
        if (config.skewSample() == 0 || since < config.skewEvery().toMillis()) {
            return Optional.empty();
        }
        return watched.remade(live, SAMPLED, config.skewSample()).map(compared -> {
            compared.told().forEach(told -> LOG.warn("A prediction of {} cannot be made again: {}", model, told));
            return detector.skew(compared.checked(), compared.mismatches(), SAMPLED_NAME);
        });
    }

    private static Optional<DriftFinding> skewOf(DriftReport report) {
        return report.getFindings().stream().filter(DriftStage::isSkew).findFirst();
    }

    private static boolean isSkew(DriftFinding finding) {
        return finding.getSubject().equals(DriftDetector.FEATURES);
    }

    /** An alert is as old as the run that raised it. */
    private List<DriftFinding> dated(List<DriftFinding> findings, Optional<DriftReport> before) {
        Map<About, DriftFinding> known = byAbout(before);
        return findings.stream()
                .map(finding -> {
                    DriftFinding was = known.get(About.of(finding));
                    boolean still = was != null && was.getRaised();
                    long since = still ? was.getSinceMillis() : run.startedMillis();
                    return DriftFinding.newBuilder(finding)
                            .setSinceMillis(finding.getRaised() ? since : 0)
                            .build();
                })
                .toList();
    }

    private static Map<About, DriftFinding> byAbout(Optional<DriftReport> report) {
        Map<About, DriftFinding> known = new LinkedHashMap<>();
        report.ifPresent(r -> r.getFindings().forEach(finding -> known.put(About.of(finding), finding)));
        return known;
    }

    /** @return what was done; empty when nothing was */
    private String act(List<DriftFinding> raised, Optional<DriftReport> before, Watched watched) {
        long since =
                run.startedMillis() - before.map(DriftReport::getActedMillis).orElse(0L);
        if (config.action() == DriftConfig.Action.NONE
                || since < config.coolDown().toMillis()) {
            return "";
        }
        String why = told(raised);
        if (config.action() == DriftConfig.Action.RETRAIN) {
            run.requestTraining(why);
            return "training anew";
        }
        return new ModelRelease(run, model)
                .rollBack(why, watched.features())
                .map(decision -> "rolled back to version " + decision.version())
                .orElse("");
    }

    /** The first few, for whoever reads it once. */
    private static String told(List<DriftFinding> raised) {
        String some = raised.stream()
                .limit(3)
                .map(finding -> "%s %s of %s %.3g"
                        .formatted(
                                finding.getWindow(), finding.getStatistic(), finding.getSubject(), finding.getValue()))
                .collect(Collectors.joining(", "));
        return raised.size() > 3 ? some + " and " + (raised.size() - 3) + " more" : some;
    }
}
