package dev.anabranch.local;

import dev.anabranch.lakehouse.Lakehouse;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import picocli.CommandLine.Command;

/** Makes what a deployment's processes need before they can start, once everything it is made in has shown itself. */
@Command(
        name = "prepare",
        description =
                "Looks whether the broker, the catalog and the warehouse of a deployment are there, as the settings "
                        + "anabranch.kafka.*, anabranch.catalog.* and anabranch.topics.* say, and makes its topics.",
        footer = {
            "",
            "May be run again: what is there is left alone. Where anything is wrong, one line names the setting.",
            "",
            "With anabranch.topics.continue-archive=true, new topics go on past the end of the archive, for one whose log is",
            "lost, while nothing else runs; then a batch run makes its views again."
        })
final class PrepareCommand extends LocalCommand {
    @Override
    protected int run() throws InterruptedException {
        Deployment deployment = Deployment.ofTheSettings();
        deployment.requireBroker();
        String servers = deployment.kafka().bootstrapServers();
        try (Lakehouse lakehouse = Lakehouse.open(deployment.catalog());
                Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers))) {
            Lakehouse.requireRoom(deployment.catalog());
            int tables = lakehouse.tables();
            out().println("Catalog " + deployment.catalog().uri() + " opened, "
                    + (tables == 0 ? "no tables yet" : tables + " tables") + ", warehouse "
                    + deployment.catalog().warehouse());
            TopicSetup setup = new TopicSetup(admin, deployment.topics().replicationFactor());
            List<TopicSpec> topics = TopicSpec.all(deployment.partitions());
            if (!setup.missing(topics).isEmpty()) {
                deployment.requireBrokers();
            }
            List<String> made = setup.create(topics);
            out().println(made.isEmpty() ? "All topics exist." : "Created " + String.join(", ", made));
            if (deployment.topics().continueArchive()) {
                Map<String, List<Long>> continued = new ContinuedLog(lakehouse, admin, servers).continueAll();
                continued.forEach((topic, begins) -> out().println("  " + topic + " begins at offsets " + begins));
                out().println(
                                continued.isEmpty()
                                        ? "All topics hold what was archived."
                                        : "The log goes on where the archive ends; run the batch layer for its views.");
            }
        }
        out().flush();
        return 0;
    }
}
