package dev.anabranch.serving;

import dev.anabranch.contract.Topics;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.usecase.UseCases;
import dev.anabranch.view.View;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;

/** A real broker with the topics of the platform, for the whole of a test run. */
public final class TestBroker implements QuarkusTestResourceLifecycleManager {
    public static final int PARTITIONS = 3;

    private KafkaClusterTestKit cluster;

    /** Marks a {@link Runnable} of a test that stops the broker, for good. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.FIELD)
    public @interface Stop {}

    @Override
    public void inject(TestInjector injector) {
        Runnable stop = this::stop;
        injector.injectIntoFields(stop, new TestInjector.AnnotatedAndMatchesType(Stop.class, Runnable.class));
    }

    @Override
    public Map<String, String> start() {
        try {
            cluster = new KafkaClusterTestKit.Builder(new TestKitNodes.Builder()
                            .setCombined(true)
                            .setNumBrokerNodes(1)
                            .setNumControllerNodes(1)
                            .build())
                    .setConfigProp("auto.create.topics.enable", "false")
                    .setConfigProp("group.initial.rebalance.delay.ms", "0")
                    .setConfigProp("offsets.topic.num.partitions", "1")
                    .setConfigProp("offsets.topic.replication.factor", "1")
                    .setConfigProp("transaction.state.log.num.partitions", "1")
                    .setConfigProp("transaction.state.log.replication.factor", "1")
                    .setConfigProp("transaction.state.log.min.isr", "1")
                    .build();
            cluster.format();
            cluster.startup();
            cluster.waitForReadyBrokers();
            try (Admin admin = cluster.admin()) {
                admin.createTopics(topics()).all().get();
            }
            return Map.of(
                    "anabranch.kafka.bootstrap-servers",
                    cluster.bootstrapServers(),
                    "anabranch.serving.calibrate-every",
                    "PT1S",
                    "anabranch.state-dir",
                    Files.createTempDirectory("anabranch-serving").toString());
        } catch (Exception e) {
            throw new IllegalStateException("The broker of the tests must start", e);
        }
    }

    private static List<NewTopic> topics() {
        List<NewTopic> topics = new ArrayList<>();
        for (UseCase useCase : UseCases.all()) {
            useCase.events()
                    .forEach(event -> topics.add(new NewTopic(event.topic(), PARTITIONS, (short) 1)
                            .configs(Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime"))));
            for (View<?> view : useCase.views()) {
                topics.add(new NewTopic(Topics.batchView(view.name()), PARTITIONS, (short) 1));
                topics.add(new NewTopic(Topics.speedView(view.name()), PARTITIONS, (short) 1));
            }
            topics.add(new NewTopic(Topics.predictions(useCase.name()), PARTITIONS, (short) 1));
        }
        topics.add(new NewTopic(Topics.GENERATIONS, 1, (short) 1));
        topics.add(new NewTopic(Topics.DRIFT, 1, (short) 1));
        for (String large : List.of(Topics.MODELS, Topics.ARTIFACTS)) {
            topics.add(new NewTopic(large, 1, (short) 1)
                    .configs(Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(16 * 1024 * 1024))));
        }
        return topics;
    }

    @Override
    public void stop() {
        try {
            if (cluster != null) {
                cluster.close();
                cluster = null;
            }
        } catch (Exception e) {
            throw new IllegalStateException("The broker of the tests must stop", e);
        }
    }
}
