package dev.anabranch.serving;

import dev.anabranch.contract.BatchFooter;
import dev.anabranch.contract.BatchHeader;
import dev.anabranch.contract.BatchRow;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.view.Contribution;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.KeyValues;
import dev.anabranch.view.MemoryKeyValues;
import dev.anabranch.view.Position;
import dev.anabranch.view.SpeedWriter;
import dev.anabranch.view.Tiles;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewKeys;
import dev.anabranch.view.oracle.NaiveFold.Entry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.utils.Utils;

/** Both topics of a view, written as the speed layer and the batch layer write them, from a log that is kept here. */
public final class WrittenView<A> {
    private final View<A> view;
    private final Producer<byte[], byte[]> producer;
    private final List<SpeedWriter<A>> speed = new ArrayList<>();
    private final List<Entry> log = new ArrayList<>();

    public WrittenView(View<A> view, Producer<byte[], byte[]> producer) {
        this.view = view;
        this.producer = producer;
        for (int i = 0; i < TestBroker.PARTITIONS; i++) {
            speed.add(new SpeedWriter<>(view, new Published(Topics.speedView(view.name()), i)));
        }
    }

    public List<Entry> log() {
        return log;
    }

    /** An event happens, and the speed layer folds it. */
    public void happens(Position position, SpecificRecord event) {
        log.add(new Entry(position, position.offset(), event));
        for (Contribution<A> contribution : view.contributions(position.origin().topic(), event)) {
            speed.get(partition(contribution.entity())).fold(contribution, position);
        }
    }

    /** The batch layer publishes a generation: headers, rows, footers. */
    public void publish(long generation, Cut cut, Cut floor, long tilesFromMillis, long createdMillis) {
        Map<String, TreeMap<Long, A>> rows = new HashMap<>();
        for (Entry entry : log) {
            if (cut.includes(entry.position())) {
                for (Contribution<A> c :
                        view.contributions(entry.position().origin().topic(), entry.event())) {
                    rows.computeIfAbsent(c.entity(), e -> new TreeMap<>())
                            .merge(c.tileStart(), c.aggregate(), view.monoid()::plus);
                }
            }
        }
        String topic = Topics.batchView(view.name());
        BatchHeader header = new BatchHeader(
                view.name(), generation, Cuts.write(cut), tilesFromMillis, view.fingerprint(), createdMillis);
        everywhere(topic, ViewKeys.header(generation), Wire.BATCH_HEADER.encode(header));
        rows.forEach((entity, tiles) -> {
            byte[] kept = Tiles.of(view, tiles).from(tilesFromMillis).toBytes();
            byte[] row = Wire.BATCH_ROW.encode(new BatchRow(generation, ByteBuffer.wrap(kept)));
            send(topic, partition(entity), ViewKeys.row(entity), row);
        });
        BatchFooter footer = new BatchFooter(generation, Cuts.write(floor));
        everywhere(topic, ViewKeys.FOOTER, Wire.BATCH_FOOTER.encode(footer));
        everywhere(topic, ViewKeys.header(generation - 2), null);
    }

    /** The speed layer drops what lies below {@code floor}. */
    void prune(Cut floor) {
        speed.forEach(writer -> writer.prune(floor));
    }

    void signOfLife(long atMillis, long newestArrivalMillis) {
        speed.forEach(writer -> writer.progress(atMillis, newestArrivalMillis));
    }

    private void everywhere(String topic, byte[] key, byte[] value) {
        for (int i = 0; i < TestBroker.PARTITIONS; i++) {
            send(topic, i, key, value);
        }
    }

    private void send(String topic, int partition, byte[] key, byte[] value) {
        producer.send(new ProducerRecord<>(topic, partition, key, value));
    }

    static int partition(String entity) {
        return BuiltInPartitioner.partitionForKey(Utils.utf8(entity), TestBroker.PARTITIONS);
    }

    /** A store whose changelog is the topic. */
    private final class Published implements KeyValues.Writable {
        private final MemoryKeyValues values = new MemoryKeyValues();
        private final String topic;
        private final int partition;

        Published(String topic, int partition) {
            this.topic = topic;
            this.partition = partition;
        }

        @Override
        public byte[] get(byte[] key) {
            return values.get(key);
        }

        @Override
        public void scan(byte[] prefix, BiConsumer<byte[], byte[]> each) {
            values.scan(prefix, each);
        }

        @Override
        public void put(byte[] key, byte[] value) {
            values.put(key, value);
            send(topic, partition, key, value);
        }

        @Override
        public void delete(byte[] key) {
            values.delete(key);
            send(topic, partition, key, null);
        }
    }
}
