package dev.anabranch.serving;

import java.time.Duration;

/** What was asked cannot be done now, and may be later. Answered 503 with {@code Retry-After}. */
public final class Unavailable extends RuntimeException {
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Duration retryAfter;

    /** @param reason what is missing, for the caller to read */
    public Unavailable(String reason) {
        this(reason, SOON);
    }

    public Unavailable(String reason, Duration retryAfter) {
        super(reason, null, false, false); // an answer, not an accident: no stack trace
        this.retryAfter = retryAfter;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
