package dev.anabranch.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.contract.Topics;
import dev.anabranch.usecase.UseCases;
import dev.anabranch.view.View;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class ViewFollowerTest {
    private static final String APPLICATION = "serving-ready";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PARTITIONS = UseCases.views().size() * TestBroker.PARTITIONS;

    @Test
    void aReplicaThatWasRestartedIsReadyOnlyWhenItsCopiesAreCompleteToo() throws Exception {
        TestBroker broker = new TestBroker();
        String address = broker.start().get("anabranch.kafka.bootstrap-servers");
        ServingConfig config = config(address);
        Kafka kafka = new Kafka(config);
        ViewFollower before = follower(config, kafka);
        ViewFollower restarted = follower(config, kafka);
        // A copy holds what the other has committed. This one does not until it ends, so that copies opened meanwhile
        // stay behind.
        try (Admin admin = kafka.admin();
                Ghost other = new Ghost(address, APPLICATION, 1, Duration.ofHours(1))) {
            before.start(admin, kafka.awaitTopics(admin));
            await().atMost(PATIENCE).until(() -> shared(before, other) && before.ready());
            before.stop();
            writeToEveryPartition(kafka);

            restarted.start(admin, kafka.awaitTopics(admin));
            await().atMost(PATIENCE)
                    .until(() -> shared(restarted, other)
                            && restarted.state().equals("RUNNING")
                            && kept(restarted, true).stream().allMatch(KeptPartition::complete));
            assertThat(kept(restarted, false)).noneMatch(KeptPartition::complete);
            assertThat(restarted.ready()).isFalse();

            other.close();
            await().atMost(PATIENCE).until(restarted::ready);
        } finally {
            before.stop();
            restarted.stop();
            broker.stop();
        }
    }

    private static ServingConfig config(String address) {
        return new SmallRyeConfigBuilder()
                .withMapping(ServingConfig.class)
                .withDefaultValues(Map.of(
                        "anabranch.kafka.bootstrap-servers", address,
                        "anabranch.serving.application", APPLICATION,
                        "anabranch.serving.standbys", "1"))
                .build()
                .getConfigMapping(ServingConfig.class);
    }

    private static ViewFollower follower(ServingConfig config, Kafka kafka) {
        return new ViewFollower(config, kafka, Clock.systemUTC(), RememberedSumsTest.NONE, "127.0.0.1", 2);
    }

    /** Whether each of the two keeps some partitions, and the follower copies of all of the other's. */
    private static boolean shared(ViewFollower follower, Ghost other) {
        int active = kept(follower, true).size();
        return active > 0
                && active + other.keeps() == PARTITIONS
                && kept(follower, false).size() == other.keeps();
    }

    private static List<? extends KeptPartition<?>> kept(ViewFollower follower, boolean active) {
        return UseCases.views().stream()
                .flatMap(view -> follower.kept(view).stream())
                .filter(partition -> partition.active() == active)
                .toList();
    }

    private static void writeToEveryPartition(Kafka kafka) {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(kafka.clientSettings(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (View<?> view : UseCases.views()) {
                for (int partition = 0; partition < TestBroker.PARTITIONS; partition++) {
                    for (String topic : List.of(Topics.batchView(view.name()), Topics.speedView(view.name()))) {
                        producer.send(new ProducerRecord<>(topic, partition, new byte[] {1}, new byte[] {1}));
                    }
                }
            }
        }
    }
}
