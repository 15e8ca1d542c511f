package dev.anabranch.local;

import dev.anabranch.process.Settings;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/** Trains and tests on a public data set. */
@Command(
        name = "evaluate",
        description = "Trains and tests a use case's models on a data set, by its published protocol. Needs no running "
                + "platform.",
        footer = {
            "",
            "The options are the batch layer's, for fraud: --data DIR, --train-from DATE, --train-days N, --delay-days N,",
            "--test-days N, --folds N, --report FILE. For example:",
            "  anabranch evaluate fraud --data DIR --train-from 2018-07-25",
            "  anabranch evaluate fraud --drift              a simulated town whose fraud changes on a day"
        })
final class EvaluateCommand extends LocalCommand {
    @Parameters(paramLabel = "USE_CASE", description = "such as fraud")
    private String useCase;

    @Unmatched
    private List<String> options = new ArrayList<>();

    @Override
    protected int run() {
        Home home = home();
        PlatformRecord nowhere = new PlatformRecord(
                new PortOptions().over(config().ports()),
                Settings.read(CommonConfig.class).partitions());
        List<String> arguments = new ArrayList<>(List.of("evaluate", useCase));
        arguments.addAll(options);
        return Foreground.run(services(home, nowhere).batch(arguments));
    }
}
