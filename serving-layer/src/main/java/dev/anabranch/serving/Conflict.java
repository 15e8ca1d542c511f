package dev.anabranch.serving;

/** What was asked for is not to be done as things are. Answered 409. */
public final class Conflict extends RuntimeException {
    /** @param why for the caller to read: what stands against it */
    public Conflict(String why) {
        super(why, null, false, false); // an answer, not an accident: no stack trace
    }
}
