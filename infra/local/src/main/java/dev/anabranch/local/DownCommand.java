package dev.anabranch.local;

import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Stops the platform. */
@Command(name = "down", description = "Stops the platform, whoever started it.")
final class DownCommand extends LocalCommand {
    @Option(names = "--wipe", description = "then delete its data, state and logs")
    private boolean wipe;

    @Option(names = "--demo", description = "the demo's platform instead")
    private boolean demo;

    @Override
    protected int run() {
        Home home = demo ? home().demo() : home();
        Optional<ProcessHandle> launcher = Ownership.holder(home);
        launcher.ifPresent(this::stopLauncher);
        Optional<PlatformRecord> record = PlatformRecord.read(home);
        int stopped = record.map(r -> platform(home, r).stopAll()).orElse(0);
        if (launcher.isPresent()) {
            out().println("Stopped the platform of pid " + launcher.get().pid() + ".");
        } else if (stopped > 0) {
            out().println("Stopped " + stopped + " processes.");
        } else {
            out().println("Nothing was running in " + home.directory() + ".");
        }
        if (wipe) {
            home.wipe();
            out().println("Deleted its data, state and logs.");
        }
        out().flush();
        return 0;
    }

    /** A command in the foreground stops what it started when it is told to end. */
    private void stopLauncher(ProcessHandle launcher) {
        launcher.destroy();
        long seconds = 3L * config().stopSeconds();
        try {
            launcher.onExit().get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            out().println("The command that runs it (pid " + launcher.pid() + ") did not end within " + seconds
                    + " s and was killed");
            launcher.destroyForcibly();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Waiting for a process cannot fail", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem("Interrupted while the platform was stopping", e);
        }
    }
}
