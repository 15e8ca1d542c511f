package dev.anabranch.local;

import java.io.PrintWriter;
import java.util.List;
import java.util.OptionalLong;

/** How the processes are doing, for a person. */
final class StatusTable {
    private static final String ROW = "  %-11s %-9s %8s %9s  %s%n";

    private StatusTable() {}

    static void print(List<Platform.Status> all, Home home, PrintWriter out) {
        out.printf(ROW, "process", "state", "pid", "memory", "address");
        long kib = 0;
        for (Platform.Status status : all) {
            kib += status.rssKib().orElse(0);
            out.printf(
                    ROW,
                    status.service().name(),
                    state(status),
                    status.process().map(p -> String.valueOf(p.pid())).orElse("-"),
                    memory(status.rssKib()),
                    status.service().address() + waiting(status));
        }
        out.printf(ROW, "", "", "", memory(OptionalLong.of(kib)), "together");
        out.println("  logs: " + home.logs());
        out.flush();
    }

    private static String state(Platform.Status status) {
        if (status.process().isEmpty()) {
            return "stopped";
        }
        return status.ready() ? "ready" : "not ready";
    }

    private static String waiting(Platform.Status status) {
        return status.process().isPresent() && !status.ready()
                ? "  " + status.missing().orElse("")
                : "";
    }

    private static String memory(OptionalLong kib) {
        return kib.isPresent() ? kib.getAsLong() / 1024 + " MiB" : "-";
    }
}
