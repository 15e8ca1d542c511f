package dev.anabranch.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.contract.Topics;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.usecase.UseCases;
import dev.anabranch.view.Contribution;
import dev.anabranch.view.KeyValues;
import dev.anabranch.view.Known;
import dev.anabranch.view.MemoryKeyValues;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.Reading;
import dev.anabranch.view.SpeedWriter;
import dev.anabranch.view.oracle.NaiveFold;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription.Subtopology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.Test;

class ServingTopologyTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final long HALF_DAY = 43_200_000;

    private final Partitions partitions = new Partitions(UseCases.views(), RememberedSumsTest.NONE);
    private final Topology topology = new ServingTopology(UseCases.views(), partitions, new Consumption()).get();

    @Test
    void bothTopicsOfAViewAreReadByTheSameTaskAndNoTwoViewsShareOne() {
        assertThat(topology.describe().subtopologies())
                .hasSize(UseCases.views().size())
                .extracting(Subtopology::toString)
                .allSatisfy(described -> assertThat(UseCases.views().stream()
                                .filter(view -> described.contains(Topics.batchView(view.name()))
                                        && described.contains(Topics.speedView(view.name()))))
                        .hasSize(1));
    }

    @Test
    void aReadingThatOvertakesTheWriterEqualsTheFoldUpToWhereItSaysItIs() throws Exception {
        List<NaiveFold.Entry> log = log(4_000);
        try (TopologyTestDriver driver = new TopologyTestDriver(topology, settings())) {
            KeptPartition<CustomerActivity> partition = partitions.find(FraudViews.CUSTOMER, 0);
            List<Reading<CustomerActivity>> readings = new ArrayList<>();
            AtomicBoolean written = new AtomicBoolean();
            ExecutorService reader = Executors.newSingleThreadExecutor();
            Future<?> reading = reader.submit(() -> {
                while (!written.get()) {
                    readings.add(partition.answer("racer", NOW).reading());
                }
            });

            write(driver, log);
            written.set(true);
            reading.get();
            reader.shutdown();

            readings.add(partition.answer("racer", NOW).reading());
            Map<Object, List<CustomerActivity>> folds = new HashMap<>();
            for (Reading<CustomerActivity> each : readings) {
                List<CustomerActivity> fold = folds.computeIfAbsent(
                        each.asOf(),
                        asOf -> NaiveFold.fold(FraudViews.CUSTOMER, log, Known.upTo(each.asOf()), "racer", NOW));
                assertThat(each.merged().values()).as("as of %s", each.asOf()).isEqualTo(fold);
            }
            assertThat(folds).hasSizeGreaterThan(20);
        }
    }

    @Test
    void aPartitionIsGivenUpWithItsTask() {
        TopologyTestDriver driver = new TopologyTestDriver(topology, settings());
        assertThat(partitions.all()).hasSize(UseCases.views().size());

        driver.close();

        assertThat(partitions.all()).isEmpty();
    }

    /** Two origins, few tiles hit again and again, event times in any order. */
    private static List<NaiveFold.Entry> log(int events) {
        SplittableRandom random = new SplittableRandom(7);
        List<NaiveFold.Entry> log = new ArrayList<>();
        long[] next = {0, 0};
        for (int i = 0; i < events; i++) {
            int origin = random.nextInt(2);
            next[origin] += 1 + random.nextInt(3);
            Position position = new Position(new Origin(FraudEvents.TRANSACTION.topic(), origin), next[origin]);
            long time = NOW - 1 - random.nextLong(60) * HALF_DAY;
            log.add(new NaiveFold.Entry(
                    position, i, new Transaction("r" + i, time, "racer", "t", random.nextLong(1_000))));
        }
        return log;
    }

    private static void write(TopologyTestDriver driver, List<NaiveFold.Entry> log) {
        TestInputTopic<byte[], byte[]> cells = driver.createInputTopic(
                Topics.speedView("fraud.customer"), new ByteArraySerializer(), new ByteArraySerializer());
        SpeedWriter<CustomerActivity> writer = new SpeedWriter<>(FraudViews.CUSTOMER, new Changelog(cells));
        for (NaiveFold.Entry entry : log) {
            for (Contribution<CustomerActivity> contribution :
                    FraudViews.CUSTOMER.contributions(entry.position().origin().topic(), entry.event())) {
                writer.fold(contribution, entry.position());
            }
        }
    }

    private static Properties settings() {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "serving-test");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1");
        return settings;
    }

    /** A store whose every write goes to the topic. */
    private static final class Changelog implements KeyValues.Writable {
        private final MemoryKeyValues values = new MemoryKeyValues();
        private final TestInputTopic<byte[], byte[]> topic;

        Changelog(TestInputTopic<byte[], byte[]> topic) {
            this.topic = topic;
        }

        @Override
        public byte[] get(byte[] key) {
            return values.get(key);
        }

        @Override
        public void scan(byte[] prefix, BiConsumer<byte[], byte[]> each) {
            values.scan(prefix, each);
        }

        @Override
        public void put(byte[] key, byte[] value) {
            values.put(key, value);
            topic.pipeInput(key, value);
        }

        @Override
        public void delete(byte[] key) {
            values.delete(key);
            topic.pipeInput(key, (byte[]) null);
        }
    }
}
