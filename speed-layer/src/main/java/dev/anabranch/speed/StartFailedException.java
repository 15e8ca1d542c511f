package dev.anabranch.speed;

/** The speed layer could not start. The message says for a person what was missing and what to do about it. */
public final class StartFailedException extends Exception {
    public StartFailedException(String message) {
        super(message);
    }

    public StartFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
