package dev.anabranch.local.check;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a verification found, all passes together, as a table and as JSON. */
public final class VerifyReport {
    private final Map<String, Sums> views = new TreeMap<>();
    private final Map<String, ArchiveCheck.Counts> archive = new TreeMap<>();
    private final List<Verification.Told> differences = new ArrayList<>();
    private final List<String> archiveWrong = new ArrayList<>();
    private final Map<String, Long> whyInexact = new TreeMap<>();

    private record Sums(long entities, long checked, long mismatched, long inexact, long missing) {
        static final Sums NONE = new Sums(0, 0, 0, 0, 0);

        Sums plus(Verification.Counts more) {
            return new Sums(
                    entities + more.entities(),
                    checked + more.checked(),
                    mismatched + more.mismatched(),
                    inexact + more.inexact(),
                    missing + more.missing());
        }
    }

    void add(Verification verification) {
        verification
                .counts()
                .forEach((view, counts) ->
                        views.put(view, views.getOrDefault(view, Sums.NONE).plus(counts)));
        differences.addAll(verification.told());
        verification.whyInexact().forEach((why, count) -> whyInexact.merge(why, count, Long::sum));
    }

    void add(ArchiveCheck check) {
        archive.putAll(check.counts());
        archiveWrong.addAll(check.wrong());
    }

    /** Whether something was compared, nothing is mismatched or missing, and the archive holds what it must. */
    public boolean right() {
        return compared() > 0
                && views.values().stream().allMatch(sums -> sums.mismatched == 0 && sums.missing == 0)
                && archive.values().stream().allMatch(ArchiveCheck.Counts::right);
    }

    private long compared() {
        return views.values().stream().mapToLong(Sums::checked).sum();
    }

    public void print(PrintWriter out) {
        out.printf(
                "%-26s %10s %10s %10s %10s %10s%n", "view", "entities", "checked", "mismatched", "inexact", "missing");
        views.forEach((view, sums) -> out.printf(
                Locale.ROOT,
                "%-26s %,10d %,10d %,10d %,10d %,10d%n",
                view,
                sums.entities,
                sums.checked,
                sums.mismatched,
                sums.inexact,
                sums.missing));
        out.printf("%n%-26s %10s %10s %10s %10s %10s%n", "archive", "rows", "deleted", "lost", "unknown", "repeated");
        archive.forEach((topic, counts) -> out.printf(
                Locale.ROOT,
                "%-26s %,10d %,10d %,10d %,10d %,10d%n",
                topic,
                counts.rows(),
                counts.deleted(),
                counts.lost(),
                counts.unknown(),
                counts.repeated()));
        whyInexact.forEach((why, count) -> out.printf(Locale.ROOT, "%,d inexact: %s%n", count, why));
        archiveWrong.forEach(out::println);
        differences.forEach(one -> {
            out.println(one.view() + " '" + one.entity() + "': " + one.what());
            one.events().forEach(event -> out.println("    " + event));
        });
        if (compared() == 0) {
            out.println("Nothing was compared: the log has no events of these views, or no answer was exact.");
        }
        out.flush();
    }

    /** Writes it as JSON: {@code right}, {@code views}, {@code archive}, {@code inexact_because}, {@code differences}. */
    public void write(Path file) throws IOException {
        ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ObjectNode all = json.createObjectNode();
        all.put("right", right());
        ObjectNode byView = all.putObject("views");
        views.forEach((view, sums) -> byView.putObject(view)
                .put("entities", sums.entities)
                .put("checked", sums.checked)
                .put("mismatches", sums.mismatched)
                .put("inexact", sums.inexact)
                .put("missing", sums.missing));
        all.set("archive", json.valueToTree(archive));
        all.set("archive_wrong", json.valueToTree(archiveWrong));
        all.set("inexact_because", json.valueToTree(whyInexact));
        all.set("differences", json.valueToTree(differences));
        json.writeValue(file.toFile(), all);
    }
}
