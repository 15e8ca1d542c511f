package dev.anabranch.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class WatchedClientsTest {
    private static final Duration WHOLE = Duration.ofMinutes(30);
    private static final long NOW = 1_700_000_000_000L;

    @Test
    void aRecordThatIsOlderThanATopicIsKeptWholeForIsLate() {
        assertThat(late(TimestampType.LOG_APPEND_TIME, NOW - WHOLE.toMillis())).isFalse();
        assertThat(late(TimestampType.LOG_APPEND_TIME, NOW - WHOLE.toMillis() - 1))
                .isTrue();
    }

    @Test
    void aTimeThatTheBrokerDidNotGiveSaysNothing() {
        assertThat(late(TimestampType.CREATE_TIME, 0)).isFalse();
    }

    private static boolean late(TimestampType type, long timestamp) {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                "t", 0, 0, timestamp, type, 0, 0, null, null, new RecordHeaders(), Optional.empty());
        return WatchedClients.late(record, WHOLE, NOW);
    }
}
