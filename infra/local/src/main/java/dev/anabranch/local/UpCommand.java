package dev.anabranch.local;

import dev.anabranch.process.Settings;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts the platform. */
@Command(
        name = "up",
        description = "Starts the platform and stops it again on Ctrl-C. What runs already is left as it is.",
        footer = {
            "",
            "A process that dies is reported, not restarted: that is for whatever runs the platform in earnest.",
            "If this command is killed, a shell that waits for its end stops the processes in its place."
        })
final class UpCommand extends LocalCommand {
    @Mixin
    private PortOptions ports;

    @Option(names = "--partitions", paramLabel = "N", description = "of each topic; chosen once (default: 4)")
    private Integer partitions;

    @Option(
            names = "--without",
            paramLabel = "PROCESS",
            description = "leave one out, to run it in an IDE: archiver, speed, serving or scheduler")
    private List<String> without = List.of();

    @Option(names = "--detach", description = "return once it is ready; stop it with: anabranch down")
    private boolean detach;

    @Override
    protected int run() {
        long start = System.nanoTime();
        Home home = home();
        Optional<Ownership> ownership = Ownership.take(home);
        if (ownership.isEmpty()) {
            return owned(home);
        }
        PlatformRecord record = new PlatformRecord(
                ports.over(config().ports()),
                Optional.ofNullable(partitions)
                        .orElseGet(() -> Settings.read(CommonConfig.class).partitions()));
        Platform platform = platform(home, record, without);
        List<String> toBind = platform.portsToBind();
        if (platform.someRun()) {
            requireSame(record, record(home));
        }
        if (toBind.isEmpty()) {
            out().println("Already running:");
            StatusTable.print(platform.status(), home, out());
            ownership.get().close();
            return 0;
        }
        record.ports().requireFree(toBind);
        record.write(home);
        LaunchedPlatform launched = new LaunchedPlatform(home, platform, ownership.get(), out());
        out().println("Starting the platform in " + home.directory());
        out().flush();
        launched.start();
        out().printf("Ready after %.1f s.%n", (System.nanoTime() - start) / 1e9);
        StatusTable.print(platform.status(), home, out());
        String api = "http://" + Ports.HOST + ":" + record.ports().serving();
        out().println("  API:  " + api + "/q/swagger-ui, " + api + "/v1/status");
        out().println("  data: " + home.directory());
        if (detach) {
            launched.letGo();
            out().println("It goes on in the background. Stop it with: ./anabranch down");
            return 0;
        }
        out().println("Stop it with Ctrl-C.");
        out().flush();
        platform.watch();
        return Main.FAILED; // every process has ended by itself
    }

    private int owned(Home home) {
        PlatformRecord running = record(home);
        Platform platform = platform(home, running);
        List<Platform.Status> all = platform.status();
        long pid = Ownership.holder(home).map(ProcessHandle::pid).orElse(0L);
        out().println("Another anabranch command (pid " + pid + ") runs this platform:");
        StatusTable.print(all, home, out());
        return all.stream().allMatch(Platform.Status::ready) ? 0 : Main.FAILED;
    }

    private static void requireSame(PlatformRecord wanted, PlatformRecord running) {
        if (!wanted.equals(running)) {
            throw new Problem("Parts of this platform run already with " + running.ports() + " and "
                    + running.partitions() + " partitions, not with " + wanted.ports() + " and " + wanted.partitions()
                    + "; stop it first: ./anabranch down");
        }
    }
}
