package dev.anabranch.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.anabranch.faults.load.Ledger;
import dev.anabranch.faults.load.Queries;
import dev.anabranch.faults.site.Processes;
import dev.anabranch.local.check.Latencies;
import dev.anabranch.local.check.MergeCheck;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a round showed, for a person and as JSON. */
final class Report {
    /** The exit code of a speed layer that met a record it must not process. */
    static final int GAVE_UP = 2;

    private final Round.Options options;
    private final int notReached;
    private final List<Injector.Occurrence> occurrences;
    private final List<Queries.Asked> asked;

    ArchiveBalance archive = new ArchiveBalance(0, 0, 0, 0, 0, 0, List.of());
    Ledger.Balance balance = new Ledger.Balance(0, 0, 0, 0, 0, 0, 0);
    MergeCheck.Result merged = new MergeCheck.Result(0, Map.of(), 0, 0, List.of());
    long counted;
    long toCount;
    long stalenessChecked;
    long falselyFresh;
    List<String> falselyFreshTold = List.of();
    long runsSucceeded;
    long runsFailed;
    List<Processes.Ended> ended = List.of();
    List<String> violations = List.of();
    List<String> notes = List.of();

    Report(Round.Options options, int notReached, List<Injector.Occurrence> occurrences, List<Queries.Asked> asked) {
        this.options = options;
        this.notReached = notReached;
        this.occurrences = occurrences;
        this.asked = asked;
    }

    /** One kind of fault. */
    private static final class OfKind {
        private int injected;
        private int notInjected;
        private int notRecovered;
        private final Latencies recovery = new Latencies();
        private final Share share = new Share();
    }

    /** What became of questions. */
    private static final class Share {
        private long asked;
        private long answered;
        private long inexact;

        void add(Queries.Outcome outcome) {
            asked++;
            boolean was = outcome == Queries.Outcome.EXACT || outcome == Queries.Outcome.INEXACT;
            answered += was ? 1 : 0;
            inexact += outcome == Queries.Outcome.INEXACT ? 1 : 0;
        }

        String answeredPercent() {
            return asked == 0 ? "-" : String.format(Locale.ROOT, "%.2f", 100.0 * answered / asked);
        }
    }

    private Map<String, OfKind> byKind() {
        Map<String, OfKind> kinds = new TreeMap<>();
        for (Injector.Occurrence one : occurrences) {
            OfKind of = kinds.computeIfAbsent(one.kind().name(), k -> new OfKind());
            if (!one.injected()) {
                of.notInjected++;
                continue;
            }
            of.injected++;
            if (one.recovered()) {
                of.recovery.record(one.recovery().toNanos());
            } else {
                of.notRecovered++;
            }
            long until = one.recovered() ? one.recoveredNanos() : Long.MAX_VALUE;
            asked.stream()
                    .filter(question -> question.atNanos() >= one.beganNanos() && question.atNanos() < until)
                    .forEach(question -> of.share.add(question.outcome()));
        }
        return kinds;
    }

    private Share overall() {
        Share share = new Share();
        asked.forEach(question -> share.add(question.outcome()));
        return share;
    }

    private long injected() {
        return occurrences.stream().filter(Injector.Occurrence::injected).count();
    }

    /** What the round shows to be wrong, in words; empty when nothing is. */
    List<String> wrong() {
        List<String> wrong = new ArrayList<>(violations);
        occurrences.stream()
                .filter(one -> one.trouble().isPresent())
                .forEach(one -> wrong.add((one.injected()
                                ? one.kind().name()
                                : "Not injected: " + one.kind().name()) + ": "
                        + one.trouble().get()));
        check(
                wrong,
                balance.lost() == 0,
                balance.lost() + " acknowledged events are not in the log where they were said");
        check(wrong, balance.unasked() == 0, balance.unasked() + " records are in the log that nobody sent");
        check(wrong, archive.right(), "The archive is not the log: " + archive.told());
        check(wrong, merged.mismatches() == 0, merged.mismatches() + " answers differ from the log: " + merged.told());
        check(wrong, merged.checked() > 0, "No answer was compared");
        check(wrong, counted == toCount, counted + " events are counted, and " + toCount + " are to be");
        check(
                wrong,
                falselyFresh == 0,
                falselyFresh + " answers called themselves fresher than they were: " + falselyFreshTold);
        ended.stream()
                .filter(one -> one.exit() == GAVE_UP)
                .forEach(one -> wrong.add("The " + one.name() + " met what it must not go on from:\n" + one.tail()));
        return wrong;
    }

    private static void check(List<String> wrong, boolean holds, String what) {
        if (!holds) {
            wrong.add(what);
        }
    }

    void print(PrintStream out) {
        out.println();
        line(out, "%-24s %8s %9s %9s %9s %10s", "fault", "injected", "p50 s", "p99 s", "answered", "inexact");
        byKind().forEach((kind, of) -> line(
                out,
                "%-24s %8d %9s %9s %8s%% %10d%s%s",
                kind,
                of.injected,
                seconds(of.recovery, 0.5),
                seconds(of.recovery, 0.99),
                of.share.answeredPercent(),
                of.share.inexact,
                of.notInjected == 0 ? "" : "  " + of.notInjected + " NOT INJECTED",
                of.notRecovered == 0 ? "" : "  " + of.notRecovered + " NOT RECOVERED"));
        out.println();
        Share share = overall();
        line(
                out,
                "faults      %,d of %d kinds; %d more were planned and not reached",
                injected(),
                byKind().size(),
                notReached);
        line(
                out,
                "events      %,d sent, %,d acknowledged, %,d unanswered; %,d in the log and %,d refused there",
                balance.sent(),
                balance.acknowledged(),
                balance.unanswered(),
                balance.logged(),
                balance.refused());
        line(
                out,
                "            %,d archived, %,d dead letters; %,d of %,d counted in the longest window",
                archive.archived(),
                archive.letters(),
                counted,
                toCount);
        line(out, "            %,d acknowledged lost, %,d archived twice", balance.lost(), archive.repeated());
        line(
                out,
                "answers     %,d compared with the log, %,d MISMATCHES; %,d said they were not exact",
                merged.checked(),
                merged.mismatches(),
                merged.inexact());
        line(
                out,
                "            %,d looked at for freshness, %,d called themselves fresher than they were",
                stalenessChecked,
                falselyFresh);
        line(
                out,
                "questions   %,d asked, %s%% answered, %,d of them said to be inexact",
                share.asked,
                share.answeredPercent(),
                share.inexact);
        line(out, "batch runs  %,d succeeded, %,d were killed or failed", runsSucceeded, runsFailed);
        ended.forEach(
                one -> line(out, "the %s ended by itself (exit code %d):%n%s", one.name(), one.exit(), one.tail()));
        notes.forEach(note -> line(out, "note: %s", note));
        List<String> wrong = wrong();
        out.println();
        if (wrong.isEmpty()) {
            out.println("All is as it must be.");
        } else {
            wrong.forEach(each -> out.println("WRONG: " + each));
            out.printf(
                    "Run it again with: ./anabranch faults --seed %d --minutes %s%n",
                    options.seed(), options.length().toMillis() / 60_000.0);
        }
        out.flush();
    }

    private static String seconds(Latencies latencies, double share) {
        return latencies.percentileMillis(share).isPresent()
                ? String.format(
                        Locale.ROOT, "%.1f", latencies.percentileMillis(share).getAsDouble() / 1e3)
                : "-";
    }

    private static void line(PrintStream out, String format, Object... values) {
        out.println("  " + String.format(Locale.ROOT, format, values));
    }

    void write(Path file) throws IOException {
        ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ObjectNode report = json.createObjectNode();
        report.put("seed", options.seed());
        report.put("seconds", options.length().toSeconds());
        report.put("faults", injected());
        report.put("not_reached", notReached);
        ObjectNode kinds = report.putObject("kinds");
        byKind().forEach((kind, of) -> {
            ObjectNode node = kinds.putObject(kind);
            node.put("injected", of.injected);
            node.put("not_injected", of.notInjected);
            node.put("not_recovered", of.notRecovered);
            of.recovery.percentileMillis(0.5).ifPresent(p -> node.put("recovery_p50_ms", p));
            of.recovery.percentileMillis(0.99).ifPresent(p -> node.put("recovery_p99_ms", p));
            node.put("asked", of.share.asked);
            node.put("answered", of.share.answered);
            node.put("inexact", of.share.inexact);
        });
        ObjectNode events = report.putObject("events");
        events.put("sent", balance.sent());
        events.put("acknowledged", balance.acknowledged());
        events.put("unanswered", balance.unanswered());
        events.put("logged", balance.logged());
        events.put("refused", balance.refused());
        events.put("archived", archive.archived());
        events.put("dead_letters", archive.letters());
        events.put("counted", counted);
        events.put("to_count", toCount);
        events.put("lost", balance.lost());
        events.put("archived_twice", archive.repeated());
        ObjectNode answers = report.putObject("answers");
        answers.put("compared", merged.checked());
        answers.put("mismatches", merged.mismatches());
        answers.put("inexact", merged.inexact());
        answers.put("freshness_checked", stalenessChecked);
        answers.put("falsely_fresh", falselyFresh);
        Share share = overall();
        ObjectNode questions = report.putObject("questions");
        questions.put("asked", share.asked);
        questions.put("answered", share.answered);
        questions.put("inexact", share.inexact);
        ObjectNode runs = report.putObject("batch_runs");
        runs.put("succeeded", runsSucceeded);
        runs.put("failed", runsFailed);
        report.put("ended_by_itself", ended.size());
        var wrong = report.putArray("wrong");
        wrong().forEach(wrong::add);
        if (file.getParent() != null) {
            Files.createDirectories(file.getParent());
        }
        json.writeValue(file.toFile(), report);
    }
}
