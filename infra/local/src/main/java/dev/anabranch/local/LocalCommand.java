package dev.anabranch.local;

import dev.anabranch.local.check.Api;
import dev.anabranch.process.Settings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * What every command about a platform has in common. Other modules add commands of theirs as services, listed in
 * {@code META-INF/services/dev.anabranch.local.LocalCommand}.
 */
@Command(mixinStandardHelpOptions = true)
public abstract class LocalCommand implements Callable<Integer> {
    @Mixin
    private HomeOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public final Integer call() throws Exception {
        logTo();
        if (deployed().isPresent() && !knowsDeployments()) {
            throw new Problem("--url goes with status, models, runs, verify and replay; " + spec.name()
                    + " is about a platform on this machine");
        }
        return run();
    }

    /** @return the exit code */
    protected abstract int run() throws Exception;

    /** Whether the command works with a platform that others run. */
    protected boolean knowsDeployments() {
        return false;
    }

    /** The REST API of the platform that others run, when the command is about one. */
    protected Optional<Api> deployed() {
        return spec.root().userObject() instanceof Main main && main.url() != null
                ? Optional.of(new Api(main.url().replaceFirst("/+$", "")))
                : Optional.empty();
    }

    protected Home home() {
        return options.home();
    }

    protected PrintWriter out() {
        return spec.commandLine().getOut();
    }

    protected LocalConfig config() {
        return Settings.read(LocalConfig.class);
    }

    boolean verbose() {
        return options.verbose();
    }

    /** Sends what libraries log to a file, before the first of them asks. */
    Path logTo() {
        Path log = home().log("anabranch");
        System.setProperty("anabranch.log", log.toString());
        System.setProperty("logback.configurationFile", "logback-command.xml");
        return log;
    }

    /** The platform of this home as it runs, or ran last. */
    protected PlatformRecord record(Home home) {
        return PlatformRecord.read(home)
                .orElseThrow(() -> new Problem(
                        "No platform has been started in " + home.directory() + "; start one with ./anabranch up"));
    }

    /** Whether the batch layer of a platform this command starts runs by itself. */
    protected boolean scheduled() {
        return true;
    }

    protected Services services(Home home, PlatformRecord record) {
        return new Services(
                Distribution.ofThisCommand(), home, record.ports(), record.partitions(), config().heap(), scheduled());
    }

    protected Platform platform(Home home, PlatformRecord record) {
        return platform(home, record, List.of());
    }

    /** @param without names of processes it does without */
    protected Platform platform(Home home, PlatformRecord record, List<String> without) {
        List<Service> all = services(home, record).all();
        List<String> optional = all.stream().skip(1).map(Service::name).toList();
        without.stream().filter(name -> !optional.contains(name)).findFirst().ifPresent(name -> {
            throw new Problem("A process to leave out must be one of " + optional + ", got '" + name + "'");
        });
        List<Service> chosen =
                all.stream().filter(s -> !without.contains(s.name())).toList();
        return new Platform(home, chosen, TopicSpec.all(record.partitions()), config(), out());
    }

    /** @throws Problem when it does not answer, with what to do about it */
    protected void requireBroker(Home home, PlatformRecord record) {
        boolean started = home.pidFile(Services.BROKER).running().isPresent();
        BrokerReadiness broker = new BrokerReadiness(record.ports().bootstrapServers());
        Optional<String> answer = broker.missing();
        for (int asked = 1; started && answer.isPresent() && asked < 5; asked++) {
            answer = broker.missing(); // it runs, so it is only slow
        }
        answer.ifPresent(missing -> {
            throw new Problem("The platform in " + home.directory() + " is not up (" + missing
                    + "); start it with ./anabranch up");
        });
    }
}
