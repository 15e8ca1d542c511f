package dev.anabranch.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import kafka.server.metadata.KRaftMetadataCache;
import org.apache.kafka.common.DirectoryId;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.FeatureLevelRecord;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.apache.kafka.server.common.KRaftVersion;
import org.apache.kafka.server.common.MetadataVersion;
import org.junit.jupiter.api.Test;

/**
 * The transaction coordinator asks where the leader of a partition is, and where there is nothing it skips the marker: the
 * partition was deleted. A broker that says so of one whose leader is away loses the outcome of a transaction.
 */
class PartitionWithoutLeaderTest {
    private static final ListenerName LISTENER = new ListenerName("PLAINTEXT");
    private static final int NO_LEADER = -1;

    @Test
    void aPartitionWithoutLeaderIsToldFromOneThatIsGone() {
        KRaftMetadataCache cache = new KRaftMetadataCache(1, () -> KRaftVersion.LATEST_PRODUCTION);
        Uuid topic = Uuid.randomUuid();
        MetadataDelta delta =
                new MetadataDelta.Builder().setImage(MetadataImage.EMPTY).build();
        delta.replay(new FeatureLevelRecord()
                .setName(MetadataVersion.FEATURE_NAME)
                .setFeatureLevel(MetadataVersion.latestProduction().featureLevel()));
        delta.replay(new TopicRecord().setName("cells").setTopicId(topic));
        delta.replay(new PartitionRecord()
                .setTopicId(topic)
                .setPartitionId(0)
                .setReplicas(List.of(1))
                .setIsr(List.of(1))
                .setDirectories(List.of(DirectoryId.UNASSIGNED))
                .setLeader(NO_LEADER));
        cache.setImage(delta.apply(MetadataProvenance.EMPTY));

        assertThat(cache.getPartitionLeaderEndpoint("cells", 0, LISTENER)).isEqualTo(Optional.of(Node.noNode()));
        assertThat(cache.getPartitionLeaderEndpoint("cells", 1, LISTENER)).isEmpty();
        assertThat(cache.getPartitionLeaderEndpoint("gone", 0, LISTENER)).isEmpty();
    }
}
