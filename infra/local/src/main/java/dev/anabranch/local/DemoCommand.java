package dev.anabranch.local;

import dev.anabranch.lakehouse.CatalogConfig;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.local.check.Api;
import dev.anabranch.local.check.Metrics;
import dev.anabranch.process.Settings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Starts a platform of its own and shows what it does. */
@Command(
        name = "demo",
        description = "Starts a platform of its own, lets it live through weeks of simulated history and then through "
                + "live traffic, checks every answer against the log, and shows how it did.",
        footer = {
            "",
            "Its data lies in DIR/demo and is deleted when the next demo starts; a platform started with up is not touched.",
            "Exit code 0 says that every check passed. When one of its processes ends by itself, so does the demo, and says why."
        })
final class DemoCommand extends LocalCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "USE_CASE",
            description = "what to show (default: ${DEFAULT-VALUE})",
            defaultValue = "fraud")
    private String useCase;

    @Option(names = "--exit", description = "end with the first scoreboard instead of going on until Ctrl-C")
    private boolean exit;

    @Option(
            names = "--drift",
            description =
                    "of fraud, the life of its model: trained, drifted, alarmed, learnt anew, tried beside the old one, "
                            + "promoted, rolled back; on simulated time, and it ends by itself")
    private boolean drift;

    @Option(names = "--report", paramLabel = "FILE", description = "write the scoreboard as JSON")
    private Path report;

    @Option(names = "--days", paramLabel = "N", description = "days of history (default: ${DEFAULT-VALUE})")
    private int days = 60;

    @Option(names = "--customers", paramLabel = "N", description = "who takes part (default: ${DEFAULT-VALUE})")
    private int customers = 5_000;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "the same seed gives the same customers and habits (default: ${DEFAULT-VALUE})")
    private long seed = 7;

    @Option(names = "--rate", paramLabel = "N", description = "live events a second (default: ${DEFAULT-VALUE})")
    private double rate = 50;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "of live traffic before the scoreboard, at least (default: ${DEFAULT-VALUE})")
    private double minutes = 2;

    @Mixin
    private PortOptions ports;

    @Override
    protected int run() throws Exception {
        List<Demo> known = ServiceLoader.load(Demo.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        Demo demo = known.stream()
                .filter(d -> d.useCase().equals(useCase))
                .findFirst()
                .orElseThrow(() -> new Problem("A use case to show must be one of "
                        + known.stream().map(Demo::useCase).toList() + ", got '" + useCase + "'"));
        require("--days", days >= 1, "1 or more", days);
        require("--customers", customers >= 1, "1 or more", customers);
        require("--rate", rate > 0, "above 0", rate);
        require("--minutes", minutes > 0, "above 0", minutes);
        Demo.Options options = new Demo.Options(
                days,
                customers,
                seed,
                rate,
                Duration.ofMillis((long) (minutes * 60_000)),
                exit,
                drift,
                Optional.ofNullable(report).map(Path::toAbsolutePath));
        return run(demo, options) ? 0 : Main.FAILED;
    }

    private boolean run(Demo demo, Demo.Options options) throws Exception {
        Home home = home().demo();
        Ownership ownership = Ownership.take(home)
                .orElseThrow(() -> new Problem("A demo is running already (pid "
                        + Ownership.holder(home).map(ProcessHandle::pid).orElse(0L)
                        + "); stop it with Ctrl-C there, or ./anabranch down --demo"));
        PlatformRecord record = new PlatformRecord(
                ports.over(config().ports()), Settings.read(CommonConfig.class).partitions());
        Platform platform = platform(home, record);
        if (platform.someRun()) {
            throw new Problem("Processes of an earlier demo still run; stop them with ./anabranch down --demo");
        }
        record.ports().requireFree(platform.portsToBind());
        home.wipeData();
        record.write(home);
        try (LaunchedPlatform launched = new LaunchedPlatform(home, platform, ownership, out())) {
            out().println("Starting a platform in " + home.directory());
            out().flush();
            long start = System.nanoTime();
            launched.start();
            out().printf("Ready after %.1f s: a broker and every layer, each its own process.%n", seconds(start));
            out().println("  API:  http://" + Ports.HOST + ":" + record.ports().serving() + "/q/swagger-ui");
            out().println("  logs: " + home.logs());
            out().flush();
            return launched.whileAllRun(() -> demo.run(new LocalStage(home, record, platform), options));
        }
    }

    /** The demo runs the batch layer when it is time for it. */
    @Override
    protected boolean scheduled() {
        return false;
    }

    private static double seconds(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    private static void require(String option, boolean holds, String must, Object got) {
        if (!holds) {
            throw new Problem(option + " must be " + must + ", got " + got);
        }
    }

    private final class LocalStage implements Demo.Stage {
        private final Home home;
        private final PlatformRecord record;
        private final Platform platform;

        LocalStage(Home home, PlatformRecord record, Platform platform) {
            this.home = home;
            this.record = record;
            this.platform = platform;
        }

        @Override
        public PrintStream out() {
            return System.out;
        }

        @Override
        public String bootstrapServers() {
            return record.ports().bootstrapServers();
        }

        @Override
        public Api api() {
            return new Api("http://" + Ports.HOST + ":" + record.ports().serving());
        }

        @Override
        public Metrics metrics(String process) {
            return new Metrics(
                    "http://" + Ports.HOST + ":" + record.ports().byUse().get(process) + "/metrics");
        }

        @Override
        public Map<String, Long> memoryMib() {
            Map<String, Long> memory = new TreeMap<>();
            platform.status()
                    .forEach(s ->
                            s.rssKib().ifPresent(kib -> memory.put(s.service().name(), kib / 1024)));
            return memory;
        }

        @Override
        public Lakehouse lakehouse() {
            return Lakehouse.open(CatalogConfig.of(home.catalog(), home.warehouse()));
        }

        @Override
        public Path scratch(String name) {
            return home.state().resolve(name);
        }

        @Override
        public void batch(List<String> arguments, String log) throws InterruptedException {
            Process process = platform.runToEnd(services(home, record).batch(arguments), log);
            if (process.exitValue() != 0) {
                throw new Problem("The batch layer must succeed with " + arguments + ", ended with exit code "
                        + process.exitValue() + "\n" + Launch.tail(home.log(log)) + "\n  all of it: " + home.log(log));
            }
        }
    }
}
