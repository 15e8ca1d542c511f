package dev.anabranch.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.usecase.UseCases;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

class KafkaTest {
    @Test
    void aBrokerThatIsAwayIsWaitedForAWhileAndThenNamed() {
        Kafka kafka = new Kafka(config(
                Map.of("anabranch.kafka.bootstrap-servers", "127.0.0.1:1", "anabranch.serving.start-wait", "PT0.5S")));

        try (Admin admin = kafka.admin()) {
            assertThatThrownBy(() -> kafka.awaitTopics(admin))
                    .isInstanceOf(Kafka.NotThereException.class)
                    .hasMessageContaining("Kafka must answer at 127.0.0.1:1")
                    .hasMessageContaining("gave up after PT0.5S");
        }
    }

    @Test
    void everyTopicOfEveryUseCaseIsNeeded() {
        assertThat(Kafka.topics())
                .contains(
                        "events.transaction",
                        "events.fraud-label",
                        "view.fraud.customer.batch",
                        "view.fraud.terminal.batch",
                        "speed.fraud-customer-changelog",
                        "speed.fraud-terminal-changelog",
                        "predictions.fraud",
                        "events.interaction",
                        "view.recommendation.user.batch",
                        "speed.recommendation-user-changelog",
                        "control.generations",
                        "control.models",
                        "control.artifacts",
                        "control.drift")
                .hasSize(4
                        + UseCases.all().size()
                        + UseCases.events().size()
                        + 2 * UseCases.views().size());
    }

    private static ServingConfig config(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .withMapping(ServingConfig.class)
                .withDefaultValues(settings)
                .build()
                .getConfigMapping(ServingConfig.class);
    }
}
