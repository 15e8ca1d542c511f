package dev.anabranch.local;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says how the platform is doing. */
@Command(
        name = "status",
        description = "Says which processes run, whether they are ready, and what they hold of memory.")
final class StatusCommand extends LocalCommand {
    @Option(names = "--demo", description = "the demo's platform instead")
    private boolean demo;

    @Override
    protected boolean knowsDeployments() {
        return true;
    }

    @Override
    protected int run() {
        if (deployed().isPresent()) {
            return RemoteStatus.print(deployed().get(), out());
        }
        Home home = demo ? home().demo() : home();
        Optional<PlatformRecord> record = PlatformRecord.read(home);
        if (record.isEmpty()) {
            out().println("No platform has been started in " + home.directory() + ".");
            return Main.NOT_RUNNING;
        }
        List<Platform.Status> all = platform(home, record.get()).status();
        StatusTable.print(all, home, out());
        if (!demo && Ownership.holder(home.demo()).isPresent()) {
            out().println("  a demo runs too: ./anabranch status --demo");
        }
        if (all.stream().allMatch(Platform.Status::ready)) {
            return 0;
        }
        return all.stream().noneMatch(s -> s.process().isPresent()) ? Main.NOT_RUNNING : Main.FAILED;
    }
}
