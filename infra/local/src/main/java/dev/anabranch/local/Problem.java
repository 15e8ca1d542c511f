package dev.anabranch.local;

/** Something whoever typed the command can put right. Its message is all they need; it is printed as it stands. */
public final class Problem extends RuntimeException {
    public Problem(String message) {
        super(message);
    }

    public Problem(String message, Throwable cause) {
        super(message, cause);
    }
}
