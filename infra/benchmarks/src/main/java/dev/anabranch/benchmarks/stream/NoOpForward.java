package dev.anabranch.benchmarks.stream;

import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;

/** Kafka Streams at its least: every record of one topic goes to another as it is, exactly once. */
public final class NoOpForward {
    private NoOpForward() {}

    /** @param arguments brokers, topic to read, topic to write, application, commit interval in milliseconds, state folder */
    public static void main(String[] arguments) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(arguments[1], Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                .to(arguments[2], Produced.with(Serdes.ByteArray(), Serdes.ByteArray()));
        Properties settings = StreamsSettings.of(arguments[0], arguments[3], arguments[4], arguments[5]);
        KafkaStreams streams = new KafkaStreams(builder.build(), settings);
        Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
        streams.start();
    }
}
