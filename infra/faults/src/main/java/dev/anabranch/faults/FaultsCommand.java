package dev.anabranch.faults;

import dev.anabranch.faults.inject.Kind;
import dev.anabranch.faults.inject.Kinds;
import dev.anabranch.faults.load.Traffic;
import dev.anabranch.faults.site.DataDisk;
import dev.anabranch.faults.site.Site;
import dev.anabranch.local.Home;
import dev.anabranch.local.LaunchedPlatform;
import dev.anabranch.local.LocalCommand;
import dev.anabranch.local.Ownership;
import dev.anabranch.local.PlatformRecord;
import dev.anabranch.local.PortOptions;
import dev.anabranch.local.Ports;
import dev.anabranch.local.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Puts a platform of its own under fire. */
@Command(
        name = "faults",
        description = "Starts a platform of its own, lets faults happen to it while events come in and questions are "
                + "asked, and holds everything against the log.",
        footer = {
            "",
            "Its data lies in DIR/faults and is deleted when the next round starts. The same seed gives the same schedule.",
            "Exit code 0 says that no event was lost or counted twice, that every answer was right or said that it might",
            "not be, and that every fault could be injected and was recovered from."
        })
public final class FaultsCommand extends LocalCommand {
    private static final int PARTITIONS = 4;
    private static final int DATA_MEBIBYTES = 2_048;

    @Option(
            names = "--store",
            paramLabel = "WHERE",
            description = "where the speed layer keeps its cells: memory or rocksdb (default: rocksdb with even seeds)")
    private String store;

    @Option(names = "--minutes", paramLabel = "N", description = "of faults (default: ${DEFAULT-VALUE})")
    private double minutes = 5;

    @Option(names = "--seed", paramLabel = "S", description = "of the schedule (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--rate", paramLabel = "N", description = "events a second (default: ${DEFAULT-VALUE})")
    private double rate = 60;

    @Option(
            names = "--burst",
            paramLabel = "N",
            description = "further events every 20 s, as fast as they go (default: ${DEFAULT-VALUE})")
    private int burst = 1_000;

    @Option(
            names = "--apart",
            paramLabel = "SECONDS",
            description = "how far apart faults begin, on average (default: ${DEFAULT-VALUE})")
    private double apart = 4;

    @Option(
            names = "--at-once",
            paramLabel = "N",
            description = "how many faults may be under way at once (default: ${DEFAULT-VALUE})")
    private int atOnce = 3;

    @Option(
            names = "--batch-pause",
            paramLabel = "SECONDS",
            description = "between two runs of the batch layer (default: ${DEFAULT-VALUE})")
    private int batchPause = 15;

    @Option(names = "--queries", paramLabel = "N", description = "questions a second (default: ${DEFAULT-VALUE})")
    private double queries = 10;

    @Option(names = "--replicas", paramLabel = "N", description = "of the serving layer (default: ${DEFAULT-VALUE})")
    private int replicas = 2;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            description = "how long recovering from a fault may take (default: ${DEFAULT-VALUE})")
    private int patience = 420;

    @Option(
            names = "--kinds",
            paramLabel = "KIND",
            split = ",",
            description = "only these kinds of fault, separated by commas; --list says which there are")
    private List<String> kinds = List.of();

    @Option(names = "--views-only", description = "train no models: rounds are shorter, and models see no faults")
    private boolean viewsOnly;

    @Option(names = "--fail-fast", description = "end with the first answer that is wrong, or process that gave up")
    private boolean failFast;

    @Option(names = "--list", description = "list the kinds of fault and end")
    private boolean list;

    @Option(names = "--report", paramLabel = "FILE", description = "write the figures as JSON")
    private Path report;

    @Mixin
    private PortOptions ports;

    @Override
    protected int run() throws Exception {
        if (list) {
            Kinds.all().stream().map(Kind::name).forEach(out()::println);
            return 0;
        }
        require("--minutes", minutes > 0, "above 0", minutes);
        require("--rate", rate > 0, "above 0", rate);
        require("--burst", burst >= 0, "0 or more", burst);
        require("--apart", apart > 0, "above 0", apart);
        require("--at-once", atOnce > 0, "above 0", atOnce);
        require("--batch-pause", batchPause >= 0, "0 or more", batchPause);
        require("--queries", queries > 0, "above 0", queries);
        require("--store", store == null || List.of("memory", "rocksdb").contains(store), "memory or rocksdb", store);
        require("--replicas", replicas >= 1 && replicas <= 3, "1 to 3", replicas);
        List<String> known = Kinds.all().stream().map(Kind::name).toList();
        kinds.forEach(kind -> require("--kinds", known.contains(kind), "among " + known, kind));
        Home home = new Home(home().directory().resolve("faults"));
        Ownership ownership = Ownership.take(home)
                .orElseThrow(() -> new Problem("A round is under way already in " + home.directory() + " (pid "
                        + Ownership.holder(home).map(ProcessHandle::pid).orElse(0L) + ")"));
        PlatformRecord record = new PlatformRecord(ports.over(config().ports()), PARTITIONS);
        return round(home, ownership, record) ? 0 : 1;
    }

    private boolean round(Home home, Ownership ownership, PlatformRecord record) throws Exception {
        Path data = home.warehouse().getParent();
        DataDisk.unmountLeftOver(data);
        try (Site site = new Site(home, record.ports(), record.partitions(), replicas, onDisk(), config(), out())) {
            if (site.platform().someRun()) {
                throw new Problem("Processes of an earlier round still run; stop them with ./anabranch down --dir "
                        + home.directory());
            }
            record.ports().requireFree(site.platform().portsToBind());
            home.wipeData();
            record.write(home);
            Optional<DataDisk> disk = DataDisk.mount(data, DATA_MEBIBYTES);
            try {
                return round(home, ownership, site, disk, record.ports());
            } finally {
                disk.ifPresent(DataDisk::close);
            }
        }
    }

    private boolean round(Home home, Ownership ownership, Site site, Optional<DataDisk> disk, Ports used)
            throws Exception {
        try (LaunchedPlatform launched = new LaunchedPlatform(home, site.platform(), ownership, out())) {
            out().println("Starting a platform in " + home.directory() + ", " + used.bootstrapServers());
            out().flush();
            launched.start();
            Traffic traffic = ServiceLoader.load(Traffic.class)
                    .findFirst()
                    .orElseThrow(() -> new Problem("No use case says what its events look like under fire"));
            Round.Options options = new Round.Options(
                    Duration.ofMillis((long) (minutes * 60_000)),
                    seed,
                    rate,
                    burst,
                    Duration.ofMillis((long) (apart * 1_000)),
                    atOnce,
                    Duration.ofSeconds(batchPause),
                    queries,
                    Duration.ofSeconds(patience),
                    kinds,
                    viewsOnly,
                    failFast);
            Report found = new Round(site, disk, traffic, options, System.out).run();
            found.print(System.out);
            if (report != null) {
                found.write(report.toAbsolutePath());
            }
            return found.wrong().isEmpty();
        }
    }

    private boolean onDisk() {
        return store == null ? seed % 2 == 0 : store.equals("rocksdb");
    }

    private static void require(String option, boolean holds, String must, Object got) {
        if (!holds) {
            throw new Problem(option + " must be " + must + ", got " + got);
        }
    }
}
