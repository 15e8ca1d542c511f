package dev.anabranch.speed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;

/** On a real broker, with an application that commits when the test says so. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SweepsTest {
    private TestBroker broker;
    private Admin admin;
    private String application;
    private String first;
    private String second;
    private Sweeps sweeps;
    private Thread sweeping;

    @BeforeAll
    void startBroker() throws Exception {
        broker = new TestBroker();
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    @AfterAll
    void stopBroker() throws Exception {
        admin.close();
        broker.close();
    }

    @BeforeEach
    void topics(TestInfo test) throws Exception {
        application = test.getTestMethod().orElseThrow().getName();
        first = application + "-first";
        second = application + "-second";
        broker.create(List.of(
                new NewTopic(first, TestBroker.PARTITIONS, (short) 1),
                new NewTopic(second, TestBroker.PARTITIONS, (short) 1)));
        sweeps = new Sweeps();
        sweeping = new Thread(() -> sweeps.run(admin, application, List.of(first, second), TestBroker.PARTITIONS));
        sweeping.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        sweeping.interrupt();
        sweeping.join();
    }

    @Test
    void whereNothingIsASweepIsOver() {
        awaitOver(sweeps.next());
    }

    @Test
    void aRecordThatWasNotGonePastHoldsASweepBack() throws Exception {
        broker.publish(first, "k", new byte[1]);
        long sweep = sweeps.next();
        assertHeldBack(sweep);
        commit(first);
        awaitOver(sweep);
        awaitOver(sweeps.next());
    }

    @Test
    void aRecordThatWasPassedOnHoldsASweepBackUntilItIsGonePastThereToo() throws Exception {
        broker.publish(first, "k", new byte[1]);
        broker.publish(second, "k", new byte[1]);
        commit(first);
        long sweep = sweeps.next();
        assertHeldBack(sweep);
        commit(second);
        awaitOver(sweep);
    }

    @Test
    void recordsThatWereDeletedBeforeAnybodyReadThemHoldNobodyBack() throws Exception {
        broker.publish(first, "k", new byte[1]);
        Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
        for (int i = 0; i < TestBroker.PARTITIONS; i++) {
            all.put(new TopicPartition(first, i), RecordsToDelete.beforeOffset(-1));
        }
        admin.deleteRecords(all).all().get();
        awaitOver(sweeps.next());
    }

    @Test
    void whatIsPassedOnWhileTheBrokerIsAskedIsNotOverlooked() throws Exception {
        broker.publish(first, "k", new byte[1]);
        Sweeps asking = new Sweeps();
        Sweeps.Log moving =
                passingOnAfterTheFirstQuestion(new Sweeps.BrokerLog(admin, application, TestBroker.PARTITIONS));
        sweeping.interrupt();
        sweeping.join();
        sweeps = asking;
        sweeping = new Thread(() -> asking.run(moving, List.of(first, second)));
        sweeping.start();
        assertHeldBack(1);
        commit(second);
        awaitOver(1);
    }

    /** When the first question has been answered, the application passes the record on and commits to be past it. */
    private Sweeps.Log passingOnAfterTheFirstQuestion(Sweeps.Log log) {
        AtomicBoolean passedOn = new AtomicBoolean();
        return new Sweeps.Log() {
            @Override
            public Map<TopicPartition, Long> committed() throws InterruptedException, ExecutionException {
                return thenPassOn(log.committed());
            }

            @Override
            public Map<TopicPartition, Long> ends(List<String> topics) throws InterruptedException, ExecutionException {
                return thenPassOn(log.ends(topics));
            }

            @Override
            public Map<TopicPartition, Long> begins(List<String> topics)
                    throws InterruptedException, ExecutionException {
                return thenPassOn(log.begins(topics));
            }

            private Map<TopicPartition, Long> thenPassOn(Map<TopicPartition, Long> answer) {
                if (passedOn.compareAndSet(false, true)) {
                    try {
                        broker.publish(second, "k", new byte[1]);
                        commit(first);
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                }
                return answer;
            }
        };
    }

    /** The application has gone past all there is. */
    private void commit(String topic) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (int i = 0; i < TestBroker.PARTITIONS; i++) {
            offsets.put(new TopicPartition(topic, i), new OffsetAndMetadata(1));
        }
        admin.alterConsumerGroupOffsets(application, offsets).all().get();
    }

    private void assertHeldBack(long sweep) {
        Awaitility.await()
                .during(Duration.ofMillis(800))
                .atMost(Duration.ofSeconds(2))
                .untilAsserted(() -> assertThat(sweeps.over(sweep)).isFalse());
    }

    private void awaitOver(long sweep) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(sweeps.over(sweep)).isTrue());
    }
}
