package dev.anabranch.batch.view;

import dev.anabranch.batch.TestBroker;
import dev.anabranch.contract.BatchRow;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.view.MemoryKeyValues;
import dev.anabranch.view.Reading;
import dev.anabranch.view.Tiles;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewKeys;
import dev.anabranch.view.ViewReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

/** What a reader of a batch-view topic sees, read to its end. */
final class PublishedView<A> {
    private final View<A> view;
    private final List<ConsumerRecord<byte[], byte[]>> records;
    private final List<MemoryKeyValues> partitions = new ArrayList<>();

    PublishedView(View<A> view) {
        this.view = view;
        records = TestBroker.get().read(Topics.batchView(view.name()));
        for (int i = 0; i < Town.PARTITIONS; i++) {
            partitions.add(new MemoryKeyValues());
        }
        for (ConsumerRecord<byte[], byte[]> record : records) {
            MemoryKeyValues partition = partitions.get(record.partition());
            if (record.value() == null) {
                partition.delete(record.key());
            } else {
                partition.put(record.key(), record.value());
            }
        }
    }

    Reading<A> read(String entity, long atMillis) {
        MemoryKeyValues partition = partitions.get(partition(entity));
        return new ViewReader<>(view, partition, new MemoryKeyValues()).read(entity, atMillis);
    }

    /** The entities with a row, and the tiles in it. */
    Map<String, Map<Long, A>> rows() {
        Map<String, Map<Long, A>> rows = new TreeMap<>();
        for (MemoryKeyValues partition : partitions) {
            partition.scan(new byte[0], (key, value) -> {
                if (!ViewKeys.isControl(key)) {
                    BatchRow row = Wire.BATCH_ROW.decode(value);
                    rows.put(
                            new String(key, StandardCharsets.UTF_8),
                            Tiles.fromBytes(view, Wire.bytes(row.getTiles())).asMap());
                }
            });
        }
        return rows;
    }

    /** The entities whose rows a generation published, whether they are still there or not. */
    Set<String> publishedBy(long generation) {
        Set<String> entities = new TreeSet<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (!ViewKeys.isControl(record.key())
                    && record.value() != null
                    && Wire.BATCH_ROW.decode(record.value()).getGeneration() == generation) {
                entities.add(new String(record.key(), StandardCharsets.UTF_8));
            }
        }
        return entities;
    }

    List<ConsumerRecord<byte[], byte[]>> records() {
        return records;
    }

    static int partition(String entity) {
        return BuiltInPartitioner.partitionForKey(ViewKeys.row(entity), Town.PARTITIONS);
    }
}
