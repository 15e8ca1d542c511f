package dev.anabranch.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.contract.ArtifactParts;
import dev.anabranch.contract.ModelKey;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.model.ServedModel;
import dev.anabranch.model.UnusableModelException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A follower of its own, of a model that nobody else uses, beside the one of the application. */
@QuarkusTest
@WithTestResource(TestBroker.class)
class ControlFollowerTest {
    private static final String MODEL = "followed";
    private static final SmallModel SMALL = new SmallModel(MODEL, List.of("amount"), 0.1f, -1f);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** More than a consumer hands out at a time. */
    private static final int MANY = 600;

    @Inject
    Kafka kafka;

    private final Followed followed = new Followed();
    private Models models;
    private KafkaProducer<String, byte[]> producer;
    private ControlFollower follower;
    private ComingArtifacts coming;

    @BeforeEach
    void connect() {
        producer = new KafkaProducer<>(kafka.clientSettings(), new StringSerializer(), new ByteArraySerializer());
        coming = new ComingArtifacts(kafka, List.of(followed));
        models = new Models(List.of(followed), new ArtifactReader(kafka, coming), new SimpleMeterRegistry());
        follower = new ControlFollower(kafka, models, new Generations(), new Drift(new SimpleMeterRegistry()));
    }

    @AfterEach
    void stop() throws InterruptedException {
        follower.stop();
        coming.stop();
        models.stop();
        producer.close();
    }

    @Test
    void whenTheTopicIsReadAgainOnlyTheNewestRecordOfEachKeyIsTakenIn() {
        for (int version = 1; version <= MANY; version++) {
            publish(ModelKey.live(MODEL), SMALL.version(version));
        }
        publish(ModelKey.version(MODEL, 7), SMALL.version(7));
        publish(ModelKey.version(MODEL, 8), SMALL.version(8));
        publish(ModelKey.version(MODEL, 7), null);
        producer.flush();

        follower.start();
        await().atMost(PATIENCE).until(follower::caughtUp);
        assertThat(followed.loaded).containsExactly((long) MANY, 8L);

        followed.loaded.clear();
        followed.fails = true; // as nothing should, so that following begins again
        publish(ModelKey.live(MODEL), SMALL.version(MANY + 1));
        await().atMost(PATIENCE).until(() -> models.version(MODEL).orElseThrow().getVersion() == MANY + 1);
        assertThat(followed.loaded).as("once in vain").containsExactly(MANY + 1L, MANY + 1L);
    }

    @Test
    void anArtifactThatStandsInPartsIsLoadedAndOneThatLacksSomeLeavesWhatWasLive() {
        ModelVersion version = SMALL.version(1);
        ArtifactParts parts =
                new ArtifactParts(0L, 1, (long) version.getArtifact().remaining());
        append(Topics.ARTIFACTS, MODEL + "/1/0", part(version));
        publish(ModelKey.live(MODEL), inParts(version, parts));
        follower.start();
        await().atMost(PATIENCE).until(follower::caughtUp);
        assertThat(models.version(MODEL))
                .hasValueSatisfying(live -> assertThat(live.getVersion()).isOne());
        assertThat(followed.loaded).contains(1L);

        publish(ModelKey.live(MODEL), inParts(SMALL.version(2), parts));
        await().atMost(PATIENCE).until(() -> models.refusal(MODEL).isPresent());
        assertThat(models.refusal(MODEL).get())
                .startsWith("The artifact of followed version 2 must stand in control.artifacts");
        assertThat(models.version(MODEL).orElseThrow().getVersion()).isOne();
    }

    private static ModelVersion inParts(ModelVersion version, ArtifactParts parts) {
        return ModelVersion.newBuilder(version)
                .setArtifact(ByteBuffer.allocate(0))
                .setParts(parts)
                .build();
    }

    private static byte[] part(ModelVersion version) {
        byte[] digest = version.getSha256().getBytes(StandardCharsets.US_ASCII);
        byte[] artifact = Wire.bytes(version.getArtifact());
        byte[] part = Arrays.copyOf(digest, digest.length + artifact.length);
        System.arraycopy(artifact, 0, part, digest.length, artifact.length);
        return part;
    }

    private void publish(ModelKey key, ModelVersion version) {
        append(Topics.MODELS, key.toString(), version == null ? null : Wire.MODEL_VERSION.encode(version));
    }

    private void append(String topic, String key, byte[] value) {
        producer.send(new ProducerRecord<>(topic, key, value));
    }

    /** Remembers which versions were loaded. */
    private static final class Followed implements ModelUse {
        private final List<Long> loaded = new CopyOnWriteArrayList<>();
        private volatile boolean fails;

        @Override
        public String model() {
            return MODEL;
        }

        @Override
        public List<String> features() {
            return SMALL.features();
        }

        @Override
        public ServedModel load(ModelVersion version) throws UnusableModelException {
            loaded.add(version.getVersion());
            if (fails) {
                fails = false;
                throw new IllegalStateException("The first attempt fails");
            }
            return ModelUse.super.load(version);
        }
    }
}
