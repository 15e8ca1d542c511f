package dev.anabranch.speed;

import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

class FailurePolicyTest {
    private final FailurePolicy policy = new FailurePolicy();

    @Test
    void aThreadIsReplacedWhenTheBrokerIsAwayOrHasEndedItsTransaction() {
        assertThat(policy.handle(new StreamsException(new TimeoutException("no answer"))))
                .isEqualTo(REPLACE_THREAD);
        assertThat(policy.handle(new StreamsException(new InvalidTxnStateException("ended after its timeout"))))
                .isEqualTo(REPLACE_THREAD);
        assertThat(policy.handle(new StreamsException(new InvalidPidMappingException("forgotten after a week"))))
                .isEqualTo(REPLACE_THREAD);
        assertThat(policy.stopped()).isNull();
    }

    @Test
    void theInstanceStopsOnWhatWouldComeAgainWithTheSameRecord() {
        assertThat(policy.handle(new StreamsException(new IllegalStateException("folded twice"))))
                .isEqualTo(SHUTDOWN_CLIENT);
        assertThat(policy.stopped()).isEqualTo("folded twice");
        assertThat(new FailurePolicy().handle(new StreamsException(new RecordTooLargeException("16 MiB"))))
                .isEqualTo(SHUTDOWN_CLIENT);
    }
}
