package dev.anabranch.serving;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.OriginOffset;
import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.ScoringPath;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.ViewReading;
import dev.anabranch.contract.Wire;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.fraud.FraudQuestion;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.lakehouse.CutTable;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.lakehouse.RecordRow;
import dev.anabranch.lakehouse.RowFiles;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.PredictionId;
import dev.anabranch.model.UnusableModelException;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import dev.anabranch.view.WindowValues;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(TestBroker.class)
class ExplanationTest {
    private static final String TOPIC = Topics.predictions("fraud");

    @ConfigProperty(name = "anabranch.kafka.bootstrap-servers")
    String bootstrapServers;

    @Inject
    ServingConfig config;

    @Test
    void aPredictionIsExplainedOnceItIsArchivedAndOneThatNeverWasOrIsGoneIsToldSo() throws UnusableModelException {
        try (Lakehouse lakehouse = Lakehouse.open(config.catalog())) {
            ModelVersion version = new ModelRegistry(lakehouse)
                    .register(
                            new SmallModel("fraud", FraudFeatures.NAMES, 0.001f, -1f).version(0),
                            Judgement.of("test", true, "test"))
                    .version();
            Prediction prediction = prediction(version);
            produce(prediction);

            explanation(prediction.getPredictionId())
                    .statusCode(503)
                    .contentType(Problem.MEDIA_TYPE)
                    .header("Retry-After", "5")
                    .body("detail", containsString("archived yet"));

            Prediction ahead = ahead(version);
            archive(lakehouse, prediction, ahead);

            JsonPath answer = explanation(prediction.getPredictionId())
                    .statusCode(200)
                    .body("identical", equalTo(true))
                    .body("differences", hasSize(0))
                    .body("contributions.of", equalTo("log odds"))
                    .body("features", hasSize(FraudFeatures.NAMES.size()))
                    .body("views[0].view", equalTo("fraud.customer"))
                    .body("views[0].entity", equalTo("c-explained"))
                    .extract()
                    .jsonPath();
            assertThat(answer.getDouble("score.recomputed"))
                    .isCloseTo(prediction.getScore(), within(1e-7)); // as text it is a float
            assertThat(answer.getDouble("features[0].contribution")).isCloseTo(4.2, within(1e-6));
            explanation(ahead.getPredictionId())
                    .statusCode(503)
                    .header("Retry-After", "5")
                    .body("detail", containsString("was made of events that are not archived"));
            explanation(new PredictionId("fraud", ScoringPath.REST, prediction.getMadeMillis(), "0").toString())
                    .statusCode(404)
                    .contentType(Problem.MEDIA_TYPE)
                    .body("detail", containsString("never made"));
            explanation("fraud-rest-1000-0").statusCode(404).body("detail", containsString("retention has passed"));
            explanation("tx-7").statusCode(404).body("detail", containsString("<use case>-<stream or rest>"));
            given().get("/v1/predictions/" + prediction.getPredictionId() + "/explanation?events=-1")
                    .then()
                    .statusCode(400)
                    .body("violations[0].field", equalTo("events"));
        }
    }

    private static ValidatableResponse explanation(String id) {
        return given().get("/v1/predictions/" + id + "/explanation").then();
    }

    /** About a customer and a terminal that nobody has heard of. */
    private static Prediction prediction(ModelVersion version) throws UnusableModelException {
        FraudQuestion question = new FraudQuestion();
        long now = System.currentTimeMillis();
        Transaction asked = new Transaction("", now, "c-explained", "w-explained", 4_200L);
        double[] features = question.features(
                asked,
                question.views().stream()
                        .<WindowValues<?>>map(view -> WindowValues.empty(view, now))
                        .toList());
        try (LoadedModel model = LoadedModel.load(version, version.getFeatures())) {
            return Prediction.newBuilder()
                    .setPredictionId(PredictionId.ofAnswer("fraud", now, UUID.randomUUID())
                            .toString())
                    .setUseCase("fraud")
                    .setEventId("")
                    .setPath(ScoringPath.REST)
                    .setAtMillis(now)
                    .setMadeMillis(now)
                    .setQuestion(question.about(asked))
                    .setFeatures(Arrays.stream(features).boxed().toList())
                    .setModel(version.getName())
                    .setModelVersion(version.getVersion())
                    .setModelSha256(version.getSha256())
                    .setVariant("champion")
                    .setScore(model.score(features))
                    .setReadings(question.views().stream()
                            .map(view ->
                                    new ViewReading(view.name(), question.entity(view, asked), 0L, List.of(), true))
                            .toList())
                    .build();
        }
    }

    /** Made of an event that no archive has. */
    private static Prediction ahead(ModelVersion version) throws UnusableModelException {
        Prediction made = prediction(version);
        return Prediction.newBuilder(made)
                .setReadings(made.getReadings().stream()
                        .map(reading -> new ViewReading(
                                reading.getView(),
                                reading.getEntity(),
                                reading.getGeneration(),
                                List.of(new OriginOffset(FraudEvents.TRANSACTION.topic(), 0, 99L)),
                                true))
                        .toList())
                .build();
    }

    private void produce(Prediction prediction) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                    TOPIC, prediction.getQuestion().get("customerId").getBytes(), Wire.PREDICTION.encode(prediction)));
            producer.flush();
        }
    }

    /** As the archiver would: the rows, and how far the log is archived, in one commit. */
    private void archive(Lakehouse lakehouse, Prediction... predictions) {
        CutTable table = new CutTable(lakehouse.predictions("fraud"));
        RowFiles files = new RowFiles(table.table(), 0);
        RecordRow row = new RecordRow(Prediction.getClassSchema(), table.table().schema());
        for (int i = 0; i < predictions.length; i++) {
            files.write(row.show(predictions[i], predictions[i].getAtMillis(), 0, i, predictions[i].getMadeMillis()));
        }
        Map<Origin, Long> ends = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(TOPIC).stream()
                    .map(partition -> new TopicPartition(TOPIC, partition.partition()))
                    .toList();
            consumer.endOffsets(partitions)
                    .forEach((partition, end) -> ends.put(new Origin(TOPIC, partition.partition()), end));
        }
        table.append(files.complete(), Cut.NOTHING, ends);
    }
}
