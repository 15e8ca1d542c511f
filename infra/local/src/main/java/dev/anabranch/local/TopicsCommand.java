package dev.anabranch.local;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists or creates the topics. */
@Command(
        name = "topics",
        description = "Lists the topics with their partitions and offsets; with --create makes those that are missing.")
final class TopicsCommand extends LocalCommand {
    @Option(names = "--create", description = "make the topics of every use case; those that exist are left alone")
    private boolean create;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "another broker than the local platform's")
    private String bootstrapServers;

    @Option(names = "--partitions", paramLabel = "N", description = "with --create (default: the platform's, or 4)")
    private Integer partitions;

    @Option(names = "--replication-factor", paramLabel = "N", description = "with --create (default: 1)")
    private int replicationFactor = 1;

    @Override
    protected int run() throws InterruptedException {
        if (bootstrapServers == null) {
            PlatformRecord record = record(home());
            requireBroker(home(), record);
            bootstrapServers = record.ports().bootstrapServers();
            partitions = partitions == null ? Integer.valueOf(record.partitions()) : partitions;
        } else {
            new BrokerReadiness(bootstrapServers).missing().ifPresent(missing -> {
                throw new Problem("The broker must answer: " + missing);
            });
        }
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            if (create) {
                List<String> made = new TopicSetup(admin, replicationFactor)
                        .create(TopicSpec.all(partitions == null ? 4 : partitions));
                out().println(made.isEmpty() ? "All topics exist." : "Created " + String.join(", ", made));
            } else {
                list(admin);
            }
            return 0;
        } catch (ExecutionException e) {
            throw new Problem("The broker refused: " + e.getCause().getMessage(), e);
        }
    }

    private void list(Admin admin) throws ExecutionException, InterruptedException {
        Map<String, TopicDescription> topics =
                new TreeMap<>(admin.describeTopics(admin.listTopics().names().get())
                        .allTopicNames()
                        .get());
        Map<TopicPartition, OffsetSpec> latest = topics.values().stream()
                .flatMap(t -> t.partitions().stream().map(p -> new TopicPartition(t.name(), p.partition())))
                .collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> ends =
                admin.listOffsets(latest).all().get();
        for (TopicDescription topic : topics.values()) {
            Map<Integer, Long> offsets = new TreeMap<>();
            new TreeSet<>(topic.partitions().stream().map(p -> p.partition()).toList())
                    .forEach(p -> offsets.put(
                            p, ends.get(new TopicPartition(topic.name(), p)).offset()));
            out().printf("  %-60s %2d partitions  end offsets %s%n", topic.name(), offsets.size(), offsets.values());
        }
        out().flush();
    }
}
