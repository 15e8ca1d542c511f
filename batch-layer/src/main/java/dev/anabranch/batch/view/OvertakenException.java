package dev.anabranch.batch.view;

/** Another run was faster; this one changed nothing. */
public final class OvertakenException extends RuntimeException {
    public OvertakenException(String message, Throwable cause) {
        super(message, cause);
    }
}
