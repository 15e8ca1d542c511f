package dev.anabranch.speed;

import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What to do when a stream thread dies. Trouble with the broker passes: the thread is replaced and goes on from its last
 * commit. So does a transaction that the broker has ended meanwhile, because it was open for too long (a link that was cut, a
 * process that stood still): nothing of it is read by anybody. Kafka Streams knows that for most of what it may be told then,
 * and dies of the rest (KAFKA-19690 is one such case). Anything else, such as an event that reaches a cell for the second time, would come again with the same
 * record: the instance stops, with what it was in the log, rather than go on with a wrong view.
 */
final class FailurePolicy implements StreamsUncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(FailurePolicy.class);

    private volatile String stopped;

    @Override
    public StreamThreadExceptionResponse handle(Throwable failure) {
        if (passes(failure)) {
            LOG.warn("A stream thread is replaced after {}", String.valueOf(rootOf(failure)));
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        stopped = String.valueOf(rootOf(failure).getMessage());
        LOG.error("The stream stops: {}", stopped, failure);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    /** Why it stopped; null when it did not. */
    String stopped() {
        return stopped;
    }

    private static boolean passes(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RetriableException
                    || cause instanceof InvalidTxnStateException
                    || cause instanceof InvalidPidMappingException) {
                return true;
            }
        }
        return false;
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
