package dev.anabranch.simulator;

/** Events could not be published: the broker is away, lacks the topic, or did not acknowledge a record. */
public final class NotPublishedException extends RuntimeException {
    public NotPublishedException(String message, Throwable cause) {
        super(message, cause);
    }
}
