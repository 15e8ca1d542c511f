package dev.anabranch.serving;

/** What was asked for is not there and will not be. Answered 404. */
public final class Missing extends RuntimeException {
    /** @param why for the caller to read: whether it never was, or is no longer */
    public Missing(String why) {
        super(why, null, false, false); // an answer, not an accident: no stack trace
    }
}
