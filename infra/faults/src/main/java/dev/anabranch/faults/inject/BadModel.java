package dev.anabranch.faults.inject;

import com.fasterxml.jackson.databind.JsonNode;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.local.Services;
import dev.anabranch.local.check.Metrics;
import dev.anabranch.model.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A damaged model published as the newest version: every layer that scores must refuse it and keep the one it has. */
final class BadModel implements Fault {
    private static final Duration REFUSED_WITHIN = Duration.ofSeconds(60);
    private static final int LARGEST_BYTES = 17 * 1024 * 1024;

    /** What is wrong with it. */
    enum Damage {
        /** One bit of the artifact. */
        BIT,
        /** Its second half is missing, and the digest is that of the first. */
        HALF
    }

    private final Damage damage;
    private final Random random;
    private byte[] good;
    private AutoCloseable held;

    BadModel(Damage damage, Random random) {
        this.damage = damage;
        this.random = random;
    }

    @Override
    public void inject(Scene scene) throws Exception {
        String name = scene.traffic().useCase();
        held = scene.batchRuns().hold(); // or a good one might follow it at once
        good = newest(scene, name);
        long live = live(scene, 0).orElseThrow(() -> new CouldNotInjectException("No model is live"));
        double refusedBefore = refusedInStream(scene);
        publish(scene, name, damaged(Wire.MODEL_VERSION.decode(good)));
        long deadline = System.nanoTime() + REFUSED_WITHIN.toNanos();
        while (!refusedEverywhere(scene, refusedBefore)) {
            if (System.nanoTime() > deadline) {
                scene.violated("A model with " + damage + " damaged was not refused by every layer within "
                        + REFUSED_WITHIN.toSeconds() + " s");
                return;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        for (int replica = 0; replica < scene.site().replicas().size(); replica++) {
            if (live(scene, replica).filter(version -> version == live).isEmpty()) {
                scene.violated("Version " + live + " must stay live when a damaged one is published, and "
                        + scene.site().replicas().get(replica) + " has " + live(scene, replica));
            }
        }
    }

    private ModelVersion damaged(ModelVersion version) {
        byte[] artifact = Wire.bytes(version.getArtifact());
        if (damage == Damage.BIT) {
            artifact[random.nextInt(artifact.length)] ^= (byte) (1 << random.nextInt(8));
        } else {
            artifact = Arrays.copyOf(artifact, artifact.length / 2);
            version.put("sha256", Sha256.of(artifact));
        }
        version.put("artifact", ByteBuffer.wrap(artifact));
        version.put("version", version.getVersion() + 1);
        return version;
    }

    private static boolean refusedEverywhere(Scene scene, double before) {
        for (String address : scene.site().addresses()) {
            Optional<JsonNode> models = scene.signs().answer(address, "/v1/models");
            if (models.isEmpty()
                    || models.get().get("models").get(0).path("refused").isMissingNode()) {
                return false;
            }
        }
        return refusedInStream(scene) > before;
    }

    private static boolean anyRefuses(Scene scene) {
        return scene.site().addresses().stream()
                .anyMatch(address -> scene.signs()
                        .answer(address, "/v1/models")
                        .map(models ->
                                !models.get("models").get(0).path("refused").isMissingNode())
                        .orElse(true));
    }

    private static double refusedInStream(Scene scene) {
        try {
            return new Metrics(scene.site().service(Services.SPEED).address() + "/metrics")
                    .sum("anabranch_speed_models_unusable_total", "use_case");
        } catch (IOException e) {
            throw new CouldNotInjectException("The speed layer does not say how many models it refused", e);
        }
    }

    private static Optional<Long> live(Scene scene, int replica) {
        return scene.signs()
                .answer(scene.site().addresses().get(replica), "/v1/models")
                .map(models -> models.get("models").get(0).path("version"))
                .filter(JsonNode::isNumber)
                .map(JsonNode::asLong);
    }

    private static byte[] newest(Scene scene, String name) {
        TopicPartition models = new TopicPartition(Topics.MODELS, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        scene.site().bootstrapServers(),
                        "max.partition.fetch.bytes",
                        LARGEST_BYTES),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(models));
            consumer.seekToBeginning(List.of(models));
            long end = consumer.endOffsets(List.of(models)).get(models);
            byte[] found = null;
            while (consumer.position(models) < end) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    if (new String(record.key(), StandardCharsets.UTF_8).equals(name)) {
                        found = record.value();
                    }
                }
            }
            if (found == null) {
                throw new CouldNotInjectException("No model of " + name + " was ever published");
            }
            return found;
        }
    }

    private static void publish(Scene scene, String name, ModelVersion version)
            throws ExecutionException, InterruptedException {
        publish(scene, name, Wire.MODEL_VERSION.encode(version));
    }

    private static void publish(Scene scene, String name, byte[] version)
            throws ExecutionException, InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", scene.site().bootstrapServers(), "max.request.size", LARGEST_BYTES),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.MODELS, name.getBytes(StandardCharsets.UTF_8), version))
                    .get();
        }
    }

    @Override
    public Recovery heal(Scene scene) throws Exception {
        if (good != null) {
            publish(scene, scene.traffic().useCase(), good);
        }
        held.close();
        return () -> anyRefuses(scene) ? Optional.of("a replica still says that it refused a model") : Optional.empty();
    }
}
