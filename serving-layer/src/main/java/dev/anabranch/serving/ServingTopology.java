package dev.anabranch.serving;

import dev.anabranch.contract.Topics;
import dev.anabranch.view.View;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.UsePartitionTimeOnInvalidTimestamp;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jboss.logging.Logger;

/**
 * Both topics of every view in; the partitions this replica keeps, in memory. Nothing out.
 *
 * <p>The two topics of a view share a sub-topology, so that one task, and with it one replica, has the same partition of
 * both. Each store is restored from its own topic: there is no second copy of it in Kafka.
 */
final class ServingTopology implements Supplier<Topology> {
    private static final Logger log = Logger.getLogger(ServingTopology.class);

    private final List<View<?>> views;
    private final Partitions partitions;
    private final Consumption consumption;

    ServingTopology(List<View<?>> views, Partitions partitions, Consumption consumption) {
        this.views = views;
        this.partitions = partitions;
        this.consumption = consumption;
    }

    @Override
    public Topology get() {
        Topology topology = new Topology();
        for (View<?> view : views) {
            String batch = Topics.batchView(view.name());
            String speed = Topics.speedView(view.name());
            follow(topology, batch, () -> new Follower(batch));
            follow(topology, speed, () -> new Activator<>(view));
            topology.connectProcessorAndStateStores(followerOf(speed), batch); // one task for both
        }
        return topology;
    }

    private void follow(Topology topology, String topic, Supplier<Follower> follower) {
        topology.addReadOnlyStateStore(
                PartitionStore.of(topic, partitions, consumption),
                topic + ".source",
                new UsePartitionTimeOnInvalidTimestamp(),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                topic,
                followerOf(topic),
                follower::get);
    }

    private static String followerOf(String topic) {
        return topic + ".follower";
    }

    /** Makes each record of one topic visible to queries. */
    private class Follower implements Processor<byte[], byte[], Void, Void> {
        private final String topic;
        private ProcessorContext<Void, Void> context;
        private PartitionStore store;
        private TopicPartition source;

        Follower(String topic) {
            this.topic = topic;
        }

        @Override
        public void init(ProcessorContext<Void, Void> context) {
            this.context = context;
            store = context.getStateStore(topic);
            source = new TopicPartition(topic, context.taskId().partition());
            consumption.restart(source, Consumption.By.PROCESSING);
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            long offset = context.recordMetadata().orElseThrow().offset();
            if (record.key() == null) {
                log.errorf("Every record of a view topic must have a key, got none at %s@%d", source, offset);
            } else {
                store.apply(record.key(), record.value());
            }
            consumption.applied(source, Consumption.By.PROCESSING, offset);
        }

        @Override
        public void close() {
            consumption.restart(source, Consumption.By.RESTORING); // it may go on as a standby, with the same store
        }
    }

    /** The follower of a speed topic, which also says that the partition is active here: it runs when both are restored. */
    private final class Activator<A> extends Follower {
        private final View<A> view;
        private KeptPartition<A> partition;

        Activator(View<A> view) {
            super(Topics.speedView(view.name()));
            this.view = view;
        }

        @Override
        public void init(ProcessorContext<Void, Void> context) {
            super.init(context);
            partition = partitions.find(view, context.taskId().partition());
            partition.active(true);
        }

        @Override
        public void close() {
            partition.active(false);
            super.close();
        }
    }
}
