package dev.anabranch.serving;

import dev.anabranch.lakehouse.CatalogConfig;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import java.util.Optional;

/** The settings of the serving layer. Where it listens is Quarkus' own {@code quarkus.http.host} and {@code .port}. */
@ConfigMapping(prefix = "anabranch")
public interface ServingConfig {
    Kafka kafka();

    Serving serving();

    /** {@code anabranch.catalog.*}: where the archive is, which explanations are made from. */
    CatalogConfig catalog();

    /** Where the topics are. */
    interface Kafka {
        /** {@code anabranch.kafka.bootstrap-servers}: brokers to ask first, as {@code host:port}, separated by commas. */
        @WithDefault("127.0.0.1:19092")
        @NotBlank
        String bootstrapServers();
    }

    /** How this replica behaves. */
    interface Serving {
        /** {@code anabranch.serving.application}: replicas with the same name share the entities by partition. */
        @WithDefault("serving")
        @NotBlank
        String application();

        /**
         * {@code anabranch.serving.advertised}: {@code host:port} at which other replicas reach this one; it also names
         * the replica in the group, so that it gets its partitions back at once when it is restarted. Where it listens,
         * unless told.
         */
        Optional<String> advertised();

        /** {@code anabranch.serving.threads}: how many threads follow the view topics. */
        @WithDefault("1")
        @Min(1)
        int threads();

        /**
         * {@code anabranch.serving.standbys}: how many other replicas keep a copy of each partition, and answer from it
         * when the one that keeps the partition does not. Takes as much memory again.
         */
        @WithDefault("0")
        @Min(0)
        int standbys();

        /** {@code anabranch.serving.session-timeout}: a replica silent for so long loses its partitions to others. */
        @WithDefault("PT10S")
        Duration sessionTimeout();

        /**
         * {@code anabranch.serving.fetch-bytes}: how much of one partition the broker sends at a time, at most. Less spares
         * memory where there are thousands of partitions; more is quicker when much is new.
         */
        @WithDefault("1048576")
        @Min(1)
        int fetchBytes();

        /**
         * {@code anabranch.serving.whole-for}: how long a view topic keeps every record for certain, less a margin. A
         * partition that was read later is not answered from until it has come to its end. Less than the
         * {@code min.compaction.lag.ms} of the topics.
         */
        @WithDefault("PT30M")
        Duration wholeFor();

        /** {@code anabranch.serving.start-wait}: how long to wait for the broker and the topics before giving up. */
        @WithDefault("PT60S")
        Duration startWait();

        /** {@code anabranch.serving.acknowledge-within}: what Kafka has not acknowledged by then is answered 503. */
        @WithDefault("PT10S")
        Duration acknowledgeWithin();

        /** {@code anabranch.serving.linger}: how long a record may wait for company before it is sent. */
        @WithDefault("PT0S")
        Duration linger();

        /**
         * {@code anabranch.serving.calibration-least}: how many predictions of a version must have come true within 28 days, and how many
         * not, before its scores are answered as probabilities, too.
         */
        @WithDefault("100")
        @Min(1)
        long calibrationLeast();

        /** {@code anabranch.serving.calibrate-every}: how old what is known of the meaning of scores may be before it is asked anew. */
        @WithDefault("PT30S")
        Duration calibrateEvery();

        /**
         * {@code anabranch.serving.sums-bytes}: how much memory may be taken by the sums of busy entities, which spare the next question
         * about them; 0 keeps none.
         */
        @WithDefault("33554432")
        @Min(0)
        long sumsBytes();

        /** {@code anabranch.serving.max-in-flight}: requests being answered at once; more are refused with 503. */
        @WithDefault("1000")
        @Min(1)
        int maxInFlight();

        /** {@code anabranch.serving.max-body-bytes}: larger bodies are refused with 413. At most Quarkus' own limit. */
        @WithDefault("1048576")
        @Min(1)
        long maxBodyBytes();
    }
}
