package dev.anabranch.speed;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * Kafka's ordinary clients, but for a consumer that waits longer while nothing comes and less while something is to be
 * committed, and for producers whose transactions bear the name of the instance. With stores in memory
 * Kafka Streams names them anew at every start, and the transaction that a killed instance left open would hold
 * everybody back until it times out; under the old name, the restarted instance ends it at once.
 */
final class SpeedClients implements KafkaClientSupplier {
    private final String instance;
    private final CommitPace pace;

    /**
     * @param instance no other running instance of the application may bear it: the later one fences the earlier
     * @param pace     is told of transactions, and says how long a poll waits
     */
    SpeedClients(String instance, CommitPace pace) {
        this.instance = instance;
        this.pace = pace;
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return Admin.create(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        PacedProducer producer = new PacedProducer(named(config, instance), pace);
        pace.committed(); // where a thread gets another, nothing of the one before is left to be committed
        return producer;
    }

    private static final class PacedProducer extends KafkaProducer<byte[], byte[]> {
        private final CommitPace pace;

        PacedProducer(Map<String, Object> config, CommitPace pace) {
            super(config, new ByteArraySerializer(), new ByteArraySerializer());
            this.pace = pace;
        }

        @Override
        public void commitTransaction() {
            super.commitTransaction();
            pace.committed();
        }

        @Override
        public void abortTransaction() {
            try {
                super.abortTransaction();
            } finally {
                pace.committed(); // one that cannot be ended is given up with its producer
            }
        }
    }

    /** The settings with the random part of the transactional id, {@code application-random-thread}, replaced. */
    static Map<String, Object> named(Map<String, Object> config, String instance) {
        String given = (String) config.get(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        String client = (String) config.get(ProducerConfig.CLIENT_ID_CONFIG);
        if (given == null) {
            throw new IllegalArgumentException("A producer of the speed layer must be transactional, got " + client);
        }
        Map<String, Object> named = new HashMap<>(config);
        named.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, instance + given.substring(given.lastIndexOf('-')));
        return named;
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return new PatientConsumer(config, pace);
    }

    private static final class PatientConsumer extends KafkaConsumer<byte[], byte[]> {
        private final Patience patience = new Patience(System.nanoTime());
        private final CommitPace pace;

        PatientConsumer(Map<String, Object> config, CommitPace pace) {
            super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            this.pace = pace;
        }

        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            ConsumerRecords<byte[], byte[]> records = super.poll(pace.wait(patience.wait(timeout, System.nanoTime())));
            if (!records.isEmpty()) {
                patience.came(System.nanoTime());
            }
            return records;
        }
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return getRestoreConsumer(config);
    }
}
