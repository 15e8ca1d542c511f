package dev.anabranch.model;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something that is closed when the last of those who hold it lets go: what is in use is never closed, though it be replaced.
 *
 * @param <T> what is held
 */
final class Shared<T> {
    private final T held;
    private final Runnable close;
    private final AtomicInteger holds = new AtomicInteger(1); // of whoever made it

    Shared(T held, Runnable close) {
        this.held = held;
        this.close = close;
    }

    T get() {
        return held;
    }

    /** Whether it could still be held: not when all have let go. */
    boolean hold() {
        return holds.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0;
    }

    void letGo() {
        if (holds.decrementAndGet() == 0) {
            close.run();
        }
    }
}
