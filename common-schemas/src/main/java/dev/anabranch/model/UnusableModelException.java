package dev.anabranch.model;

/** A model version that must not serve: its artifact is damaged, or does not do what its record says. */
public final class UnusableModelException extends Exception {
    public UnusableModelException(String message) {
        super(message);
    }

    public UnusableModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
