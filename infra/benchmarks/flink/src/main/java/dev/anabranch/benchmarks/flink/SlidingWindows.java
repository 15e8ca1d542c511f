package dev.anabranch.benchmarks.flink;

import dev.anabranch.benchmarks.stream.OneView;
import dev.anabranch.benchmarks.stream.Payments;
import dev.anabranch.benchmarks.stream.WindowSum;
import dev.anabranch.event.EventType;
import dev.anabranch.fraud.Transaction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.typeinfo.TypeHint;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.api.java.tuple.Tuple4;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Sliding event-time windows by customer, exactly once, one slot. Types that Flink serializes by itself and objects that it may
 * use again: what its users are told to do for speed.
 */
public final class SlidingWindows {
    /** Forty times as long as the speed layer's: what is between two checkpoints costs Flink nothing. */
    private static final Duration CHECKPOINT = Duration.ofSeconds(1);

    private static final String TRANSACTION_TIMEOUT_MILLIS = "600000";

    private SlidingWindows() {}

    /** @param arguments brokers, reader, topic to write, group, {@code hashmap} or {@code rocksdb}, folder for checkpoints */
    public static void main(String[] arguments) throws Exception {
        Configuration settings = new Configuration();
        settings.set(StateBackendOptions.STATE_BACKEND, arguments[4]);
        settings.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, "file://" + arguments[5]);
        settings.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        settings.set(PipelineOptions.OBJECT_REUSE, true);
        lastCheckpoint(Path.of(arguments[5]))
                .ifPresent(checkpoint -> settings.set(StateRecoveryOptions.SAVEPOINT_PATH, "file://" + checkpoint));
        StreamExecutionEnvironment flink = StreamExecutionEnvironment.createLocalEnvironment(1, settings);
        flink.enableCheckpointing(CHECKPOINT.toMillis(), CheckpointingMode.EXACTLY_ONCE);
        KafkaSource<Tuple3<String, Long, Long>> payments = KafkaSource.<Tuple3<String, Long, Long>>builder()
                .setBootstrapServers(arguments[0])
                .setTopics(Payments.type(arguments[1]).topic())
                .setGroupId(arguments[3])
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setDeserializer(new Decode(arguments[1]))
                .build();
        KafkaSink<Tuple4<String, Long, Long, Long>> sums = KafkaSink.<Tuple4<String, Long, Long, Long>>builder()
                .setBootstrapServers(arguments[0])
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix(arguments[3])
                .setProperty("transaction.timeout.ms", TRANSACTION_TIMEOUT_MILLIS)
                .setRecordSerializer(new Encode(arguments[2]))
                .build();
        flink.fromSource(
                        payments,
                        WatermarkStrategy.<Tuple3<String, Long, Long>>forMonotonousTimestamps()
                                .withTimestampAssigner((payment, before) -> payment.f1),
                        "payments")
                .keyBy(payment -> payment.f0)
                .window(SlidingEventTimeWindows.of(OneView.LENGTH, OneView.HOP))
                .aggregate(new Spent(), new WithItsEnd())
                .sinkTo(sums);
        flink.execute("sliding windows");
    }

    /** The last checkpoint of whoever was killed, as it would be found by a job manager; none at the first start. */
    private static Optional<Path> lastCheckpoint(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.endsWith("_metadata"))
                    .max(Comparator.comparing(SlidingWindows::written))
                    .map(Path::getParent);
        }
    }

    private static FileTime written(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A record as customer, time and cents. */
    private static final class Decode implements KafkaRecordDeserializationSchema<Tuple3<String, Long, Long>> {
        private final EventType<Transaction> type;

        Decode(String reader) {
            type = Payments.type(reader);
        }

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Tuple3<String, Long, Long>> out) {
            Transaction payment = Payments.admitted(type, record.key(), record.value());
            out.collect(Tuple3.of(payment.getCustomerId(), payment.getEventTimeMillis(), payment.getAmountCents()));
        }

        @Override
        public TypeInformation<Tuple3<String, Long, Long>> getProducedType() {
            return TypeInformation.of(new TypeHint<>() {});
        }
    }

    /** Number and cents. */
    private static final class Spent
            implements AggregateFunction<Tuple3<String, Long, Long>, Tuple2<Long, Long>, Tuple2<Long, Long>> {
        @Override
        public Tuple2<Long, Long> createAccumulator() {
            return Tuple2.of(0L, 0L);
        }

        @Override
        public Tuple2<Long, Long> add(Tuple3<String, Long, Long> payment, Tuple2<Long, Long> sums) {
            sums.f0++;
            sums.f1 += payment.f2;
            return sums;
        }

        @Override
        public Tuple2<Long, Long> getResult(Tuple2<Long, Long> sums) {
            return sums;
        }

        @Override
        public Tuple2<Long, Long> merge(Tuple2<Long, Long> some, Tuple2<Long, Long> others) {
            return Tuple2.of(some.f0 + others.f0, some.f1 + others.f1);
        }
    }

    /** Customer, end of the window, number and cents. */
    private static final class WithItsEnd
            extends ProcessWindowFunction<Tuple2<Long, Long>, Tuple4<String, Long, Long, Long>, String, TimeWindow> {
        @Override
        public void process(
                String customer,
                Context window,
                Iterable<Tuple2<Long, Long>> sums,
                Collector<Tuple4<String, Long, Long, Long>> out) {
            Tuple2<Long, Long> sum = sums.iterator().next();
            out.collect(Tuple4.of(customer, window.window().getEnd(), sum.f0, sum.f1));
        }
    }

    private static final class Encode implements KafkaRecordSerializationSchema<Tuple4<String, Long, Long, Long>> {
        private final String topic;

        Encode(String topic) {
            this.topic = topic;
        }

        @Override
        public ProducerRecord<byte[], byte[]> serialize(
                Tuple4<String, Long, Long, Long> sum, KafkaSinkContext context, Long atMillis) {
            return new ProducerRecord<>(
                    topic, sum.f0.getBytes(StandardCharsets.UTF_8), new WindowSum(sum.f1, sum.f2, sum.f3).toBytes());
        }
    }
}
