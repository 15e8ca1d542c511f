package dev.anabranch.local;

import dev.anabranch.lakehouse.CatalogConfig;
import dev.anabranch.local.check.Api;
import dev.anabranch.local.check.ArchivedLog;
import dev.anabranch.local.check.VerifyReport;
import dev.anabranch.local.check.Verifying;
import dev.anabranch.usecase.UseCases;
import dev.anabranch.view.View;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares what a running platform answers with the whole log. */
@Command(
        name = "verify",
        description = "Reads the whole log, folds it naively, and compares with the merged views over REST, at the "
                + "positions each answer says it knows: now, days ago, and where an event enters or leaves a window. "
                + "The platform may be written to meanwhile.",
        footer = {
            "",
            "mismatched: an answer that claims to be exact and differs from the fold.",
            "inexact:    an answer that says itself that it may differ; it is not compared.",
            "missing:    an entity of which an event stood in the log and, after --patience, in no answer.",
            "The archive: below its cut every event of the log must be there, once, and nothing else.",
            "Exit code 0 says that something was compared, nothing was mismatched or missing, and the archive is right."
        })
final class VerifyCommand extends LocalCommand {
    @Parameters(arity = "0..1", paramLabel = "VIEW", description = "such as fraud.customer (default: all)")
    private String viewName;

    @Option(
            names = "--sample",
            paramLabel = "N",
            description =
                    "so many entities of each view, drawn evenly (default: all of them, in as many passes over the"
                            + " log as memory asks for)")
    private Integer sample;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "which entities and which edges are drawn (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            description = "how long an event may be on its way (default: ${DEFAULT-VALUE})")
    private int patienceSeconds = 60;

    @Option(names = "--report", paramLabel = "FILE", description = "write what was found as JSON")
    private Path report;

    @Option(names = "--demo", description = "the demo's platform")
    private boolean demo;

    @Override
    protected int run() throws Exception {
        List<View<?>> views = views();
        if (sample != null && sample < 1) {
            throw new Problem("--sample must be 1 or more, got " + sample);
        }
        VerifyReport found = deployed().isPresent()
                ? verify(deployed().get(), Deployment.ofTheSettings(), views)
                : verify(demo ? home().demo() : home(), views);
        found.print(out());
        if (report != null) {
            found.write(report);
        }
        return found.right() ? 0 : Main.FAILED;
    }

    private VerifyReport verify(Home home, List<View<?>> views) throws InterruptedException {
        PlatformRecord record = record(home);
        requireBroker(home, record);
        return verify(
                record.ports().bootstrapServers(),
                new Api("http://" + Ports.HOST + ":" + record.ports().serving()),
                CatalogConfig.under(home.catalog().getParent()),
                views);
    }

    private VerifyReport verify(Api api, Deployment deployment, List<View<?>> views) throws InterruptedException {
        if (deployment.catalog().uri().startsWith("jdbc:sqlite:")) {
            throw new Problem("anabranch.catalog.uri must say where the deployment's archive is, got "
                    + deployment.catalog().uri());
        }
        deployment.requireBroker();
        return verify(deployment.kafka().bootstrapServers(), api, deployment.catalog(), views);
    }

    private VerifyReport verify(String bootstrapServers, Api api, CatalogConfig catalog, List<View<?>> views)
            throws InterruptedException {
        VerifyReport found = new VerifyReport();
        try (ArchivedLog archive = new ArchivedLog(catalog)) {
            Verifying verifying = new Verifying(bootstrapServers, api, archive, views, seed, patienceSeconds * 1000L);
            if (sample == null) {
                verifying.all(found);
            } else {
                verifying.sample(sample, found);
            }
            return found;
        } catch (Api.FailedException e) {
            throw new Problem(e.getMessage(), e);
        }
    }

    @Override
    protected boolean knowsDeployments() {
        return true;
    }

    private List<View<?>> views() {
        if (viewName == null) {
            return UseCases.views();
        }
        return List.of(UseCases.view(viewName)
                .orElseThrow(
                        () -> new Problem("A view must be one of " + UseCases.views() + ", got '" + viewName + "'")));
    }
}
