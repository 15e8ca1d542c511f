package dev.anabranch.batch;

import dev.anabranch.batch.schedule.ScheduleConfig;
import dev.anabranch.batch.schedule.ScheduledRuns;
import dev.anabranch.process.Room;
import dev.anabranch.process.Settings;
import dev.anabranch.process.StatusServer;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicReference;

/** The batch scheduler: a small process that runs all the time and starts a process for every run. */
public final class SchedulerMain {
    private static final int STATUS_PORT = 18083;

    private SchedulerMain() {}

    public static void main(String[] arguments) {
        try {
            run();
        } catch (IllegalArgumentException | IOException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        } catch (InterruptedException e) {
            System.exit(1);
        }
    }

    private static void run() throws IOException, InterruptedException {
        PlatformConfig platform = Settings.read(PlatformConfig.class);
        Room.requireAt(platform.stateDir(), "anabranch.state-dir");
        ScheduleConfig config = Settings.read(ScheduleConfig.class);
        StatusConfig statusConfig = Settings.read(StatusConfig.class);
        AtomicReference<ScheduledRuns> running = new AtomicReference<>();
        try (StatusServer status = new StatusServer(
                statusConfig.host(), statusConfig.port().orElse(STATUS_PORT), () -> readiness(running.get()))) {
            ScheduledRuns runs = new ScheduledRuns(config, platform.stateDir(), Clock.systemUTC(), status.metrics());
            running.set(runs);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(runs), "stop"));
            runs.run();
        }
    }

    private static void stop(ScheduledRuns runs) {
        try {
            runs.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static StatusServer.Readiness readiness(ScheduledRuns runs) {
        return runs == null
                ? new StatusServer.Readiness(false, "starting")
                : new StatusServer.Readiness(true, runs.describe());
    }
}
