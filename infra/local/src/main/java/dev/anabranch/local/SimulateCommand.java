package dev.anabranch.local;

import dev.anabranch.view.simulation.Action;
import dev.anabranch.view.simulation.Campaign;
import dev.anabranch.view.simulation.Mutation;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Plays the protocol of the merge, without any process, in as many schedules of faults as one likes. */
@Command(
        name = "simulate",
        description = "Plays the protocol of the merge in seeded schedules of faults: crashes, pauses, aborted "
                + "transactions, interrupted publications, compaction, slow and restarted readers. Compares every answer "
                + "with the naive fold over the log. Needs no running platform.",
        footer = {
            "",
            "Schedule number i has the seed S + i, so --schedules 1 --seed X plays a failed one again.",
            "Exit code 0 says that no schedule failed; with --mutation, that each mutation was found."
        })
final class SimulateCommand extends LocalCommand {
    private static final long TELL_EVERY_MILLIS = 30_000;
    private static final Set<Mutation> NONE = EnumSet.noneOf(Mutation.class);

    @Option(names = "--schedules", paramLabel = "N", description = "how many (default: ${DEFAULT-VALUE})")
    private long schedules = 10_000;

    @Option(names = "--seed", paramLabel = "S", description = "of the first schedule (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--threads", paramLabel = "N", description = "to play on (default: ${DEFAULT-VALUE})")
    private int threads = 1;

    @Option(
            names = "--mutation",
            paramLabel = "NAME|all",
            description = "break the protocol this way, and say in how many schedules that was found")
    private String mutation;

    @Override
    protected int run() throws InterruptedException {
        require("--schedules", schedules);
        require("--threads", threads);
        if (mutation == null) {
            return exact() ? 0 : Main.FAILED;
        }
        boolean allFound = true;
        for (Mutation one : named(mutation)) {
            allFound &= found(one);
        }
        return allFound ? 0 : Main.FAILED;
    }

    private boolean exact() throws InterruptedException {
        long start = System.nanoTime();
        Campaign campaign = new Campaign(seed, schedules, NONE, true);
        Thread playing = new Thread(() -> campaign.play(threads), "campaign");
        playing.start();
        playing.join(TELL_EVERY_MILLIS);
        while (playing.isAlive()) {
            out().printf(
                            Locale.ROOT,
                            "  %,d of %,d, %,.0f a second%n",
                            campaign.played(),
                            schedules,
                            campaign.played() / seconds(start));
            out().flush();
            playing.join(TELL_EVERY_MILLIS);
        }
        out().printf(
                        Locale.ROOT,
                        "%,d schedules of %d actions in %.0f s: %,d answers compared with the fold, %,d said they were not exact,"
                                + " %,d were refused; %d failed%n",
                        campaign.played(),
                        Action.LENGTH,
                        seconds(start),
                        campaign.exact(),
                        campaign.flagged(),
                        campaign.refused(),
                        campaign.failed());
        campaign.first().ifPresent(failed -> tell(failed, NONE));
        out().flush();
        return campaign.first().isEmpty();
    }

    private boolean found(Mutation broken) {
        Set<Mutation> mutations = EnumSet.of(broken);
        Campaign campaign = new Campaign(seed, schedules, mutations, false);
        campaign.play(threads);
        String how = campaign.first()
                .map(first -> "first with seed " + first.seed() + ", in "
                        + first.shortest(mutations).size() + " actions at the shortest")
                .orElse("NOT FOUND");
        out().printf(Locale.ROOT, "%-46s in %,7d of %,d: %s%n", broken, campaign.failed(), campaign.played(), how);
        out().flush();
        return campaign.first().isPresent();
    }

    private void tell(Campaign.Failed failed, Set<Mutation> mutations) {
        out().println("FAILED with seed " + failed.seed() + ": " + failed.message());
        out().println("Again: ./anabranch simulate --schedules 1 --seed " + failed.seed());
        List<Action> shortest = failed.shortest(mutations);
        out().println("The shortest that fails as well, " + shortest.size() + " actions; the first gives the shape:");
        shortest.forEach(action -> out().println("  " + action));
    }

    private static List<Mutation> named(String name) {
        if (name.equals("all")) {
            return List.of(Mutation.values());
        }
        return Arrays.stream(Mutation.values())
                .filter(one -> one.name().equalsIgnoreCase(name.replace('-', '_')))
                .findFirst()
                .map(List::of)
                .orElseThrow(() -> new Problem("--mutation must be all or one of " + Arrays.toString(Mutation.values())
                        + ", got '" + name + "'"));
    }

    private static void require(String option, long given) {
        if (given < 1) {
            throw new Problem(option + " must be 1 or more, got " + given);
        }
    }

    private static double seconds(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }
}
