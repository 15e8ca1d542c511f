package dev.anabranch.local;

import dev.anabranch.lakehouse.Lakehouse;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code anabranch} command. */
@Command(
        name = "anabranch",
        mixinStandardHelpOptions = true,
        version = "anabranch 0.1.0",
        description =
                "Runs the Anabranch platform on this machine: a real broker and every layer, each its own process.",
        footer = {
            "",
            "Begin with: anabranch demo",
            "One more command is built when it is first used: anabranch bench, which measures all this beside named peers",
            "Exit codes: 0 done, 1 failed (one line says why), 2 wrong usage, 3 not running, 130 stopped with Ctrl-C"
        },
        subcommands = {
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            DemoCommand.class,
            ReplayCommand.class,
            PrepareCommand.class,
            BatchCommand.class,
            EvaluateCommand.class,
            ExplainCommand.class,
            ModelsCommand.class,
            ExperimentsCommand.class,
            DriftCommand.class,
            RunsCommand.class,
            TopicsCommand.class,
            VerifyCommand.class,
            SimulateCommand.class
        })
public final class Main implements Runnable {
    static final int FAILED = 1;
    static final int NOT_RUNNING = 3;

    @Option(
            names = "--url",
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            description =
                    "a deployment's REST API, for status, models, runs, verify and replay; where its broker and archive are, the "
                            + "settings anabranch.kafka.* and anabranch.catalog.* say")
    private String url;

    @Spec
    private CommandSpec spec;

    /** The deployment that a command is about; null for the platform on this machine. */
    String url() {
        return url;
    }

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        ServiceLoader.load(LocalCommand.class).forEach(line::addSubcommand);
        line.setExecutionExceptionHandler(Main::report);
        line.setParameterExceptionHandler(Main::reportUsage);
        return line;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static int report(Exception failure, CommandLine line, ParseResult parsed) {
        boolean inPlainWords = failure instanceof Problem
                || failure instanceof IllegalArgumentException
                || failure instanceof Lakehouse.UnusableException;
        String message = inPlainWords ? failure.getMessage() : "unexpected failure: " + failure;
        line.getErr().println("anabranch: " + message);
        if (line.getCommand() instanceof LocalCommand command && command.verbose()) {
            Path log = command.logTo();
            LoggerFactory.getLogger(Main.class).error("{} failed", line.getCommandName(), failure);
            line.getErr().println("  stack trace: " + log);
        } else if (!inPlainWords) {
            line.getErr().println("  run it again with --verbose for the stack trace");
        }
        line.getErr().flush();
        return FAILED;
    }

    private static int reportUsage(ParameterException failure, String[] args) {
        CommandLine line = failure.getCommandLine();
        line.getErr().println("anabranch: " + failure.getMessage());
        line.getErr().println("  " + line.getCommandSpec().qualifiedName() + " --help says what it takes");
        line.getErr().flush();
        return CommandLine.ExitCode.USAGE;
    }
}
