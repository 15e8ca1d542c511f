package dev.anabranch.speed;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** The topics of the batch views, as the broker knows them. */
interface BatchTopics {
    /**
     * One partition.
     *
     * @param end       the first offset that no record has yet
     * @param committed up to where this application has told the broker that it has read
     */
    record Progress(long end, long committed) {}

    CompletionStage<Progress> ask(TopicPartition partition);

    /** Asks the broker. */
    static BatchTopics of(Admin admin, String application) {
        return partition -> {
            CompletableFuture<Long> end = admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .thenApply(found -> found.offset());
            CompletableFuture<Long> committed = admin.listConsumerGroupOffsets(application)
                    .partitionsToOffsetAndMetadata()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .thenApply(offsets -> offset(offsets.get(partition)));
            return end.thenCombine(committed, Progress::new);
        };
    }

    private static long offset(OffsetAndMetadata committed) {
        return committed == null ? 0 : committed.offset();
    }
}
