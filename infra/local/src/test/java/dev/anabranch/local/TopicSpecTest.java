package dev.anabranch.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.usecase.UseCases;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopicSpecTest {
    private final List<TopicSpec> specs = TopicSpec.all(4);

    @Test
    void everyTopicOfEveryUseCaseIsThere() {
        assertThat(specs)
                .extracting(TopicSpec::name)
                .contains(
                        "events.transaction",
                        "events.fraud-label",
                        "view.fraud.customer.batch",
                        "speed.fraud-customer-changelog",
                        "view.fraud.terminal.batch",
                        "speed.fraud-terminal-changelog",
                        "predictions.fraud",
                        "events.interaction",
                        "view.recommendation.user.batch",
                        "speed.recommendation-user-changelog",
                        "control.generations",
                        "control.models",
                        "control.artifacts",
                        "control.drift",
                        "control.learnt",
                        "events.fraud-example",
                        "alerts")
                .doesNotHaveDuplicates()
                .hasSize(6
                        + UseCases.all().size()
                        + UseCases.events().size()
                        + 2 * UseCases.views().size());
    }

    @Test
    void topicsWithEntitiesHaveTheSameNumberOfPartitionsAndThoseOfThePlatformHaveOne() {
        assertThat(specs)
                .allSatisfy(spec -> assertThat(spec.partitions())
                        .isEqualTo(
                                spec.name().startsWith("control.")
                                                || spec.name().equals("alerts")
                                        ? 1
                                        : 4));
    }

    @Test
    void eventsAreKeptForEverUnderTheTimeTheyArrived() {
        assertThat(named("events.transaction").settings())
                .containsEntry("retention.ms", "-1")
                .containsEntry("message.timestamp.type", "LogAppendTime")
                .containsEntry("cleanup.policy", "delete");
    }

    @Test
    void viewsAreCompactedAnHourAfterTheBrokerGotTheLaterRecordWhateverTimeTheEventsHad() {
        assertThat(named("view.fraud.customer.batch").settings()).containsEntry("cleanup.policy", "compact");
        assertThat(named("speed.fraud-customer-changelog").settings())
                .containsEntry("cleanup.policy", "compact")
                .containsEntry("message.timestamp.type", "LogAppendTime")
                .containsEntry("min.compaction.lag.ms", "3600000");
    }

    @Test
    void aModelFitsInItsRecordAndAPartOfALargeOneInIts() {
        assertThat(named("control.models").settings()).containsEntry("max.message.bytes", "16777216");
        assertThat(named("control.artifacts").settings()).containsEntry("max.message.bytes", "16777216");
    }

    private TopicSpec named(String name) {
        return specs.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    }
}
