package dev.anabranch.faults;

import dev.anabranch.faults.inject.Fault;
import dev.anabranch.faults.inject.Kind;
import dev.anabranch.faults.inject.Kinds;
import dev.anabranch.faults.inject.Scene;
import dev.anabranch.faults.load.Hammer;
import dev.anabranch.faults.load.Ledger;
import dev.anabranch.faults.load.Load;
import dev.anabranch.faults.load.Queries;
import dev.anabranch.faults.load.RestEvents;
import dev.anabranch.faults.load.Traffic;
import dev.anabranch.faults.load.Verification;
import dev.anabranch.faults.site.BatchRuns;
import dev.anabranch.faults.site.DataDisk;
import dev.anabranch.faults.site.Site;
import dev.anabranch.local.Launch;
import dev.anabranch.local.Problem;
import dev.anabranch.local.check.Api;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * One round: a platform that has just started gets some history, a first generation and a model; then faults happen while
 * events come in and questions are asked; then everything comes to rest and is held against the log.
 */
final class Round {
    private static final Duration COMPARE_EVERY = Duration.ofSeconds(8);
    private static final Duration STRIKE_EVERY = Duration.ofMillis(60);
    private static final Duration SUPERVISE_EVERY = Duration.ofMillis(500);
    private static final Duration BURST_EVERY = Duration.ofSeconds(20);
    private static final int HISTORY = 8_000;
    private static final int ENTITIES_AT_REST = 600;
    private static final Duration REST_PATIENCE = Duration.ofMinutes(12);
    private static final int AUDITS = 8;
    private static final int RUNS = 3;

    private final Site site;
    private final Optional<DataDisk> dataDisk;
    private final Options options;
    private final PrintStream out;
    private final Traffic traffic;
    private final Ledger ledger = new Ledger();

    /**
     * How hard and how long.
     *
     * @param length     of the part with faults
     * @param seed       of everything drawn
     * @param perSecond  events all the time
     * @param burst      further events every 20 s, as fast as they go
     * @param apart      how far apart faults begin, on average
     * @param atOnce     how many may be under way at once
     * @param batchPause between two runs of the batch layer
     * @param queries    questions a second
     * @param patience   how long recovering from a fault may take
     * @param kinds      which faults; all of them when empty
     * @param viewsOnly  whether runs of the batch layer train nothing
     * @param failFast   whether to end with the first wrong answer
     */
    record Options(
            Duration length,
            long seed,
            double perSecond,
            int burst,
            Duration apart,
            int atOnce,
            Duration batchPause,
            double queries,
            Duration patience,
            List<String> kinds,
            boolean viewsOnly,
            boolean failFast) {}

    Round(Site site, Optional<DataDisk> dataDisk, Traffic traffic, Options options, PrintStream out) {
        this.site = site;
        this.dataDisk = dataDisk;
        this.traffic = traffic;
        this.options = options;
        this.out = out;
    }

    /** Runs on a platform that is up and empty. */
    Report run() throws Exception {
        RestEvents rest = new RestEvents(traffic, ledger, site.addresses());
        Api api = new Api(site.addresses().get(0));
        int oneIn = Math.max(1, (int) (expectedEvents() / 250_000));
        Predicate<String> sampled = entity -> Math.floorMod(entity.hashCode(), oneIn) == 0;
        try (Load load = new Load(traffic, ledger, rest, site.bootstrapServers(), options.perSecond(), options.seed());
                Verification verification =
                        new Verification(traffic, ledger, site.bootstrapServers(), sampled, api, options.seed());
                BatchRuns batchRuns =
                        new BatchRuns(site, traffic.useCase(), options.batchPause(), options.viewsOnly());
                Queries queries = new Queries(
                        site.addresses(),
                        traffic.entities(),
                        (view, entity, answer, asked) -> verification.take(view, entity, answer),
                        options.seed())) {
            Scene scene = new Scene(site, batchRuns, dataDisk, traffic, load, ledger, verification);
            FaultSchedule schedule = schedule(scene);
            prepare(scene);
            Injector injector = new Injector(scene, options.atOnce(), options.patience(), out);
            Hammer hammer = new Hammer(
                    site.addresses(), traffic.entities(), sampled, batchRuns::publishing, verification, options.seed());
            int notReached = underFire(scene, schedule, injector, queries, hammer);
            queries.close();
            Report report = new Report(options, notReached, injector.occurrences(), queries.asked());
            if (enough(scene)) {
                verification.readLog();
            } else {
                atRest(scene, api, report);
            }
            sum(scene, report);
            return report;
        }
    }

    private long expectedEvents() {
        double seconds = options.length().toMillis() / 1e3;
        return (long) (HISTORY + seconds * options.perSecond() + seconds / BURST_EVERY.toSeconds() * options.burst());
    }

    private FaultSchedule schedule(Scene scene) {
        List<Kind> possible = new ArrayList<>();
        Map<String, String> impossible = new LinkedHashMap<>();
        for (Kind kind : Kinds.all()) {
            if (options.kinds().isEmpty() || options.kinds().contains(kind.name())) {
                kind.impossible()
                        .apply(scene)
                        .ifPresentOrElse(why -> impossible.put(kind.name(), why), () -> possible.add(kind));
            }
        }
        impossible.forEach((kind, why) -> out.printf("  not possible here: %s (%s)%n", kind, why));
        if (possible.isEmpty()) {
            throw new Problem(
                    "Faults must be of " + Kinds.all().stream().map(Kind::name).toList() + ", got " + options.kinds());
        }
        return FaultSchedule.of(options.seed(), possible, options.length(), options.apart());
    }

    /** Some history, so that views and model are about something. */
    private void prepare(Scene scene) throws InterruptedException {
        out.printf("History: %,d events of 30 days, a first generation and a model%n", HISTORY);
        out.flush();
        scene.load().send(HISTORY, Load.Shape.LATE, new Random(options.seed()));
        scene.load().flush();
        awaitRecovery("the first events are archived", scene.signs().archives());
        runOnce(scene);
        scene.load().start();
        scene.batchRuns().start();
    }

    /** Nothing is done to the platform at this moment: a run of the batch layer must succeed. */
    private static void runOnce(Scene scene) throws InterruptedException {
        for (int attempt = 1; !scene.batchRuns().run(List.of()); attempt++) {
            if (attempt == RUNS) {
                throw new Problem("A run of the batch layer must succeed when nothing is wrong, and did not " + RUNS
                        + " times; " + scene.batchRuns().lastFailure());
            }
        }
    }

    private int underFire(Scene scene, FaultSchedule schedule, Injector injector, Queries queries, Hammer hammer)
            throws InterruptedException {
        out.printf(
                "Under fire: %d faults are planned within %d s, seed %d%n",
                schedule.faults().size(), options.length().toSeconds(), options.seed());
        out.flush();
        queries.start(options.queries());
        site.processes().superviseAll();
        ScheduledExecutorService beside = Executors.newScheduledThreadPool(4, run -> {
            Thread thread = new Thread(run, "beside");
            thread.setDaemon(true);
            return thread;
        });
        every(beside, SUPERVISE_EVERY, scene, () -> site.processes().supervise());
        every(beside, STRIKE_EVERY, scene, hammer::strike);
        every(beside, COMPARE_EVERY, scene, () -> scene.verification().compare());
        Random drawn = new Random(options.seed() + 1);
        every(beside, BURST_EVERY, scene, () -> scene.load().send(options.burst(), Load.Shape.USUAL, drawn));
        int notReached = injector.run(schedule, options.length(), () -> enough(scene));
        beside.shutdown();
        if (!beside.awaitTermination(3, TimeUnit.MINUTES)) {
            scene.violated("What goes on beside the faults did not come to an end within 3 minutes");
        }
        return notReached;
    }

    private static void every(ScheduledExecutorService beside, Duration pause, Scene scene, Runnable work) {
        beside.scheduleWithFixedDelay(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException e) {
                        scene.violated("Beside the faults something failed: " + e);
                    }
                },
                pause.toMillis(),
                pause.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private void awaitRecovery(String what, Fault.Recovery recovery) throws InterruptedException {
        long deadline = System.nanoTime() + REST_PATIENCE.toNanos();
        Optional<String> missing = recovery.missing();
        while (missing.isPresent()) {
            if (System.nanoTime() > deadline) {
                throw new Problem("Waited " + REST_PATIENCE.toMinutes() + " minutes in vain until " + what + ": "
                        + missing.get());
            }
            TimeUnit.MILLISECONDS.sleep(200);
            missing = recovery.missing();
        }
    }

    /** Nothing happens any more: everything must be where it belongs. */
    private void atRest(Scene scene, Api api, Report report) throws Exception {
        out.println("At rest: everything against the log");
        out.flush();
        for (String process : site.replicas()) {
            awaitRecovery(process + " serves", scene.signs().serves(process));
        }
        awaitRecovery("views follow the log", scene.signs().viewsFollow());
        awaitRecovery("the archiver archives", scene.signs().archives());
        scene.batchRuns().close();
        runOnce(scene);
        scene.load().close();
        site.processes().supervise();
        scene.verification().compare();
        scene.verification().compareAtRest(ENTITIES_AT_REST, REST_PATIENCE.toMillis() / 4);
        report.archive = audit(scene);
        count(api, report);
    }

    /** Whether something is wrong already, and that is all one wants to know. */
    private boolean enough(Scene scene) {
        return options.failFast()
                && (scene.verification().mismatchesSoFar() > 0
                        || site.processes().ended().stream().anyMatch(one -> one.exit() == Report.GAVE_UP));
    }

    private void sum(Scene scene, Report report) {
        report.ended = site.processes().ended();
        site.processes().superviseNone();
        report.balance = ledger.balance();
        report.merged = scene.verification().merged();
        report.stalenessChecked = scene.verification().stalenessChecked();
        report.falselyFresh = scene.verification().falselyFresh();
        report.falselyFreshTold = scene.verification().falselyFreshTold();
        report.runsSucceeded = scene.batchRuns().succeeded();
        report.runsFailed = scene.batchRuns().failed();
        report.violations = scene.violations();
        report.notes = scene.notes();
    }

    /** The archiver may still have something to write: what differs is looked at again. */
    private ArchiveBalance audit(Scene scene) throws InterruptedException, IOException {
        Path file = site.home().state().resolve("audit.json");
        ArchiveBalance balance = null;
        for (int attempt = 0; attempt < AUDITS && (balance == null || !balance.right()); attempt++) {
            Process audit = site.platform()
                    .runToEnd(
                            site.batch(List.of("audit", traffic.useCase(), file.toString()), List.of("-Xmx768m")),
                            "audit");
            if (audit.exitValue() != 0) {
                throw new Problem("The archive must be readable:\n"
                        + Launch.tail(site.home().log("audit")));
            }
            balance = ArchiveBalance.of(scene, file);
        }
        return balance;
    }

    /** Everybody's count in the longest window, over REST, against the times of the events in the log. */
    private void count(Api api, Report report) {
        Traffic.Counted where = traffic.counted();
        long at = System.currentTimeMillis();
        List<String> everybody = traffic.entities().get(where.view());
        for (int from = 0; from < everybody.size(); from += 250) {
            List<String> some = everybody.subList(from, Math.min(everybody.size(), from + 250));
            for (var answer : api.postNow("/v1/views/" + where.view(), Map.of("entities", some, "at", at))
                    .get("answers")) {
                report.counted += answer.get("measures").get(where.measure()).asLong();
            }
        }
        report.toCount = ledger.loggedBetween(at - where.windowMillis(), at);
    }
}
