package dev.anabranch.local;

import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Replays a public data set into the running platform. */
@Command(
        name = "replay",
        description = "Publishes the events of a data set to the running platform, in time order, labels between them.",
        footer = {"", "For example: anabranch replay fraud --data ../shared/data/fraud --speed max --shift-to-now"})
final class ReplayCommand extends LocalCommand {
    @Parameters(paramLabel = "USE_CASE", description = "such as fraud")
    private String useCase;

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "a folder of .csv.gz files, or one")
    private Path data;

    @Option(
            names = "--speed",
            paramLabel = "SPEED",
            description = "max, a multiple of the recorded speed such as 1 or 1000, or a rate such as 500/s "
                    + "(default: ${DEFAULT-VALUE})")
    private String speed = "max";

    @Option(names = "--shift-to-now", description = "shift all times so that the last event is now")
    private boolean shiftToNow;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "another broker than the local platform's")
    private String bootstrapServers;

    @Override
    protected boolean knowsDeployments() {
        return true;
    }

    @Override
    protected int run() throws InterruptedException {
        List<Replayer> known = ServiceLoader.load(Replayer.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        Replayer replayer = known.stream()
                .filter(r -> r.useCase().equals(useCase))
                .findFirst()
                .orElseThrow(() -> new Problem("A use case to replay must be one of "
                        + known.stream().map(Replayer::useCase).toList() + ", got '" + useCase + "'"));
        if (bootstrapServers == null && deployed().isPresent()) {
            Deployment deployment = Deployment.ofTheSettings();
            deployment.requireBroker();
            bootstrapServers = deployment.kafka().bootstrapServers();
        }
        if (bootstrapServers == null) {
            PlatformRecord record = record(home());
            requireBroker(home(), record);
            bootstrapServers = record.ports().bootstrapServers();
        }
        return replayer.replay(data, bootstrapServers, speed, shiftToNow, System.out) ? 0 : Main.FAILED;
    }
}
