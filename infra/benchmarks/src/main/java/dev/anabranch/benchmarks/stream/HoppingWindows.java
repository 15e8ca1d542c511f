package dev.anabranch.benchmarks.stream;

import dev.anabranch.event.EventType;
import dev.anabranch.fraud.Transaction;
import java.nio.ByteBuffer;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.EmitStrategy;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.Stores;

/**
 * Hopping windows as Kafka Streams has them, in memory: each payment is added to the twelve windows it lies in, and a window is
 * written out when it is over, which is the least it can write.
 */
public final class HoppingWindows {
    private static final Serde<long[]> SUMS = Serdes.serdeFrom(
            (topic, sums) -> ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(sums[0])
                    .putLong(sums[1])
                    .array(),
            (topic, bytes) -> {
                ByteBuffer in = ByteBuffer.wrap(bytes);
                return new long[] {in.getLong(), in.getLong()};
            });

    private HoppingWindows() {}

    /** @param arguments brokers, reader, topic to write, application, commit interval in milliseconds, state folder */
    public static void main(String[] arguments) {
        EventType<Transaction> type = Payments.type(arguments[1]);
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(type.topic(), Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                .processValues(() -> new Decode(type))
                .groupByKey(Grouped.with(Serdes.ByteArray(), Serdes.Long()))
                .windowedBy(TimeWindows.ofSizeWithNoGrace(OneView.LENGTH).advanceBy(OneView.HOP))
                .emitStrategy(EmitStrategy.onWindowClose())
                .aggregate(
                        () -> new long[2],
                        (key, cents, sums) -> new long[] {sums[0] + 1, sums[1] + cents},
                        Materialized.<byte[], long[]>as(Stores.inMemoryWindowStore(
                                        "sums", OneView.LENGTH.multipliedBy(2), OneView.LENGTH, false))
                                .withKeySerde(Serdes.ByteArray())
                                .withValueSerde(SUMS))
                .toStream((window, sums) ->
                        KeyValue.pair(window.key(), window.window().end()))
                .map((at, sums) -> KeyValue.pair(at.key, new WindowSum(at.value, sums[0], sums[1]).toBytes()))
                .to(arguments[2], Produced.with(Serdes.ByteArray(), Serdes.ByteArray()));
        Properties settings = StreamsSettings.of(arguments[0], arguments[3], arguments[4], arguments[5]);
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        KafkaStreams streams = new KafkaStreams(builder.build(), settings);
        Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
        streams.start();
    }

    /** Decodes a payment and gives its record the time at which it happened, which is what windows go by. */
    private static final class Decode implements FixedKeyProcessor<byte[], byte[], Long> {
        private final EventType<Transaction> type;
        private FixedKeyProcessorContext<byte[], Long> context;

        Decode(EventType<Transaction> type) {
            this.type = type;
        }

        @Override
        public void init(FixedKeyProcessorContext<byte[], Long> context) {
            this.context = context;
        }

        @Override
        public void process(FixedKeyRecord<byte[], byte[]> record) {
            Transaction payment = Payments.admitted(type, record.key(), record.value());
            context.forward(record.withValue(payment.getAmountCents()).withTimestamp(payment.getEventTimeMillis()));
        }
    }
}
