package dev.anabranch.batch.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.batch.TestBroker;
import dev.anabranch.contract.ArtifactParts;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Topics;
import dev.anabranch.model.LargeArtifacts;
import dev.anabranch.model.Sha256;
import dev.anabranch.model.UnusableModelException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LiveModelsTest {
    private static TestBroker broker;

    @BeforeAll
    static void connect() throws Exception {
        broker = TestBroker.get();
        try (Admin admin = broker.admin()) {
            if (!broker.hasTopic(Topics.MODELS)) {
                broker.createCompactedTopic(Topics.MODELS, 1);
            }
            admin.createTopics(List.of(new NewTopic(Topics.ARTIFACTS, 1, (short) 1)))
                    .all()
                    .get();
            AlterConfigOp large = new AlterConfigOp(
                    new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(16 << 20)),
                    AlterConfigOp.OpType.SET);
            for (String topic : List.of(Topics.MODELS, Topics.ARTIFACTS)) {
                ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
                admin.incrementalAlterConfigs(Map.of(resource, List.of(large)))
                        .all()
                        .get();
            }
        }
    }

    @Test
    void anArtifactTooLargeForARecordStandsInPartsBeforeItsVersionIsLive() throws UnusableModelException {
        LiveModels live = new LiveModels(broker.bootstrapServers());
        ModelVersion version = version(LargeArtifacts.RECORD_BYTES + 100);

        live.publish(version);
        live.publish(version);

        ModelVersion published = live.latest("large").orElseThrow();
        assertThat(published.getParts()).isEqualTo(new ArtifactParts(16L, 16, LargeArtifacts.RECORD_BYTES + 100L));
        LargeArtifacts.Assembly assembly = new LargeArtifacts.Assembly(published);
        for (ConsumerRecord<byte[], byte[]> part : broker.read(Topics.ARTIFACTS)) {
            assembly.take(new String(part.key(), StandardCharsets.UTF_8), ByteBuffer.wrap(part.value()));
        }
        assertThat(assembly.whole().getArtifact()).isEqualTo(version.getArtifact());
    }

    @Test
    void theLargestThatARecordHoldsStandsInIt() {
        LiveModels live = new LiveModels(broker.bootstrapServers());
        ModelVersion version = version(LargeArtifacts.RECORD_BYTES);

        live.publish(version);

        assertThat(live.latest("large")).contains(version);
    }

    private static ModelVersion version(int bytes) {
        byte[] artifact = new byte[bytes];
        new Random(7).nextBytes(artifact);
        return new ModelVersion(
                "large",
                1L,
                "test",
                List.of(),
                Map.of(),
                List.of(),
                Map.of(),
                "test",
                Map.of(),
                1L,
                Map.of(),
                0L,
                Sha256.of(artifact),
                ByteBuffer.wrap(artifact),
                List.of(),
                null);
    }
}
