package dev.anabranch.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.contract.ArtifactParts;
import dev.anabranch.contract.ModelSample;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Topics;
import dev.anabranch.model.ComingModel;
import dev.anabranch.model.LargeArtifacts;
import dev.anabranch.model.ServedModel;
import dev.anabranch.model.Sha256;
import dev.anabranch.model.UnusableModelException;
import dev.anabranch.vectors.ComingVectors;
import dev.anabranch.vectors.Vectors;
import dev.anabranch.vectors.VectorsArtifact;
import dev.anabranch.vectors.VectorsModel;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Vectors in a few parts, of a model that nobody else uses. */
@QuarkusTest
@WithTestResource(TestBroker.class)
class ComingArtifactsTest {
    private static final String MODEL = "coming";
    private static final int RANK = 64;
    private static final int ITEMS = 60_000;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Inject
    Kafka kafka;

    private final Coming use = new Coming();
    private ComingArtifacts coming;
    private ArtifactReader reader;
    private KafkaProducer<String, byte[]> producer;

    @BeforeEach
    void connect() {
        Map<String, Object> settings = kafka.clientSettings();
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 2 * LargeArtifacts.PART_BYTES);
        producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
        coming = new ComingArtifacts(kafka, List.of(use));
        reader = new ArtifactReader(kafka, coming);
    }

    @AfterEach
    void stop() throws InterruptedException {
        coming.stop();
        producer.close();
    }

    @Test
    void whatHasComeInPartsIsAModelWithoutBeingReadAgain() throws Exception {
        follow();
        assertThat(vectors(published(version(1, 0.5f))).product(query(), "item-0"))
                .isEqualTo(0.5f);
        assertThat(vectors(published(version(2, 0.75f))).product(query(), "item-0"))
                .isEqualTo(0.75f);
        assertThat(use.wholes).isZero();
    }

    @Test
    void theRecordWaitsForPartsThatAreUnderWay() throws Exception {
        follow();
        List<ProducerRecord<String, byte[]>> parts = new ArrayList<>();
        ModelVersion version = parted(version(3, 0.5f), parts);
        ModelVersion published = from(version, write(parts.get(0)));
        await().atMost(PATIENCE).until(() -> use.taken > 0);
        CompletableFuture<Optional<ServedModel>> asked = new CompletableFuture<>();
        Thread control = new Thread(() -> {
            try {
                asked.complete(coming.take(published));
            } catch (UnusableModelException e) {
                asked.completeExceptionally(e);
            }
        });
        control.start();
        write(rest(parts));

        assertThat(asked.get()).isPresent();
        assertThat(coming.take(published)).as("it is had once").isEmpty();
    }

    @Test
    void whatWasWrittenBeforeAnybodyFollowedIsReadAsAWhole() throws Exception {
        ModelVersion published = published(version(4, 0.5f));
        follow();
        assertThat(vectors(published).size()).isEqualTo(ITEMS);
        assertThat(use.wholes).isEqualTo(1);
    }

    @Test
    void aWriterThatDiedHalfWayIsForgottenWhenTheNextBegins() throws Exception {
        follow();
        List<ProducerRecord<String, byte[]>> parts = new ArrayList<>();
        ModelVersion version = parted(version(5, 0.25f), parts);
        ModelVersion half = from(version, write(parts.get(0)));
        assertThat(vectors(published(version(6, 0.5f))).product(query(), "item-0"))
                .isEqualTo(0.5f);
        assertThat(use.wholes).isZero();
        assertThat(coming.take(half)).isEmpty();
    }

    @Test
    void anotherArtifactWithinIsNotMixedIn() throws Exception {
        follow();
        List<ProducerRecord<String, byte[]>> ones = new ArrayList<>();
        List<ProducerRecord<String, byte[]>> others = new ArrayList<>();
        ModelVersion one = parted(version(7, 0.5f), ones);
        ModelVersion other = parted(version(11, 0.25f), others); // under the same keys
        long first = write(ones.get(0));
        long second = write(others.get(0));
        write(rest(ones));
        write(rest(others));
        assertThat(vectors(from(other, second)).product(query(), "item-0")).isEqualTo(0.25f);
        assertThat(vectors(from(one, first)).product(query(), "item-0")).isEqualTo(0.5f);
        assertThat(use.wholes).as("one of them was in the way of the other").isBetween(1, 2);
    }

    @Test
    void aPartThatComesTwiceIsTakenOnceAndWithoutOneNothingIsMade() throws Exception {
        follow();
        List<ProducerRecord<String, byte[]>> parts = new ArrayList<>();
        ModelVersion version = parted(version(12, 0.5f), parts);
        assertThat(parts).hasSizeGreaterThan(3);
        ModelVersion published = from(version, write(parts.get(0)));
        write(parts.get(1));
        write(rest(parts));
        await().atMost(PATIENCE).until(() -> use.taken == parts.size());
        assertThat(coming.take(published)).isPresent();

        ModelVersion incomplete = from(version, write(parts.get(0)));
        write(parts.get(2));
        write(parts.subList(2, parts.size()));
        assertThat(coming.take(incomplete)).isEmpty();
    }

    @Test
    void aPartThatIsDamagedIsToldByTheDigestOfAll() throws Exception {
        follow();
        List<ProducerRecord<String, byte[]>> parts = new ArrayList<>();
        ModelVersion version = parted(version(8, 0.5f), parts);
        byte[] last = parts.get(parts.size() - 1).value();
        last[last.length - 2] ^= 1;
        ModelVersion published = from(version, write(parts.get(0)));
        write(rest(parts));
        await().atMost(PATIENCE).until(() -> use.taken == parts.size());
        assertThat(coming.take(published)).isEmpty();
    }

    @Test
    void whatIsNoArtifactIsLetGo() throws Exception {
        follow();
        List<ProducerRecord<String, byte[]>> parts = new ArrayList<>();
        ModelVersion version = parted(version(9, 0.5f), parts);
        parts.get(0).value()[64] = 'B'; // after the digest
        ModelVersion published = from(version, write(parts.get(0)));
        write(rest(parts));
        assertThat(vectors(published(version(10, 0.25f))).product(query(), "item-0"))
                .isEqualTo(0.25f);
        assertThat(coming.take(published)).isEmpty();
    }

    private void follow() {
        coming.start();
        await().atMost(PATIENCE).until(coming::following);
    }

    private Vectors vectors(ModelVersion published) throws UnusableModelException {
        VectorsModel model = (VectorsModel) reader.load(use, published);
        assertThat(model.version().getArtifact().remaining()).isZero();
        return model.vectors();
    }

    private ModelVersion published(ModelVersion version) {
        return LargeArtifacts.parted(version, (key, part) -> write(new ProducerRecord<>(Topics.ARTIFACTS, key, part)));
    }

    private static ModelVersion parted(ModelVersion version, List<ProducerRecord<String, byte[]>> parts) {
        return LargeArtifacts.parted(version, (key, part) -> {
            parts.add(new ProducerRecord<>(Topics.ARTIFACTS, key, part));
            return 0;
        });
    }

    private static ModelVersion from(ModelVersion version, long offset) {
        ArtifactParts parts = version.getParts();
        return ModelVersion.newBuilder(version)
                .setParts(new ArtifactParts(offset, parts.getCount(), parts.getBytes()))
                .build();
    }

    private static <T> List<T> rest(List<T> parts) {
        return parts.subList(1, parts.size());
    }

    private void write(List<ProducerRecord<String, byte[]>> parts) {
        parts.forEach(this::write);
    }

    private long write(ProducerRecord<String, byte[]> part) {
        try {
            return producer.send(part).get().offset();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static float[] query() {
        float[] query = new float[RANK];
        query[0] = 1;
        return query;
    }

    /** The first item is longer than the others, in one dimension. */
    private static ModelVersion version(long number, float first) {
        float[] flat = new float[ITEMS * RANK];
        for (int i = 0; i < ITEMS; i++) {
            flat[i * RANK + 1 + i % (RANK - 1)] = 0.1f;
        }
        flat[0] = first;
        byte[] artifact = VectorsArtifact.write(
                IntStream.range(0, ITEMS).mapToObj(i -> "item-" + i).toList(), RANK, flat);
        List<Double> query = new ArrayList<>();
        for (float value : query()) {
            query.add((double) value);
        }
        return ModelVersion.newBuilder()
                .setName(MODEL)
                .setVersion(number)
                .setAlgorithm("test")
                .setFeatures(List.of())
                .setSnapshots(Map.of())
                .setCut(List.of())
                .setViews(Map.of())
                .setCodeRevision("test")
                .setParameters(Map.of(VectorsModel.ALPHA, "5", VectorsModel.LAMBDA, "0.5"))
                .setSeed(0)
                .setMetrics(Map.of())
                .setCreatedMillis(0)
                .setSha256(Sha256.of(artifact))
                .setArtifact(ByteBuffer.wrap(artifact))
                .setSamples(List.of(new ModelSample(query, (double) first)))
                .build();
    }

    /** Counts what it makes of whole artifacts, and the parts that it is shown. */
    private static final class Coming implements ModelUse {
        private volatile int wholes;
        private volatile int taken;

        @Override
        public String model() {
            return MODEL;
        }

        @Override
        public List<String> features() {
            return List.of();
        }

        @Override
        public ServedModel load(ModelVersion version) throws UnusableModelException {
            wholes++;
            return VectorsModel.load(version);
        }

        @Override
        public Optional<ComingModel> coming() {
            ComingVectors vectors = new ComingVectors();
            return Optional.of(new ComingModel() {
                @Override
                public void take(ByteBuffer part) {
                    vectors.take(part);
                    taken++;
                }

                @Override
                public String sha256() {
                    return vectors.sha256();
                }

                @Override
                public ServedModel load(ModelVersion version) throws UnusableModelException {
                    return vectors.load(version);
                }
            });
        }
    }
}
