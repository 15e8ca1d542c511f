package dev.anabranch.speed;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.model.LoadedModel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * The model that scores, swapped whole. One thread swaps, any number score; a model that is replaced while it scores is
 * released when the last of them is done.
 */
public final class LiveModel implements AutoCloseable {
    private final AtomicReference<Shared> current = new AtomicReference<>();

    public boolean isPresent() {
        return current.get() != null;
    }

    /** The version that scores now. */
    public Optional<ModelVersion> version() {
        Shared shared = current.get();
        return shared == null ? Optional.empty() : Optional.of(shared.model.version());
    }

    /** Applies {@code work} to the live model, which stays loaded meanwhile; empty when there is none. */
    public <T> Optional<T> use(Function<LoadedModel, T> work) {
        Shared shared = acquire();
        if (shared == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(work.apply(shared.model));
        } finally {
            shared.release();
        }
    }

    /** From the next event on, {@code model} scores. It belongs to this object now, which closes it in time. */
    public void swap(LoadedModel model) {
        replace(new Shared(model));
    }

    /** From now on there is no model. */
    @Override
    public void close() {
        replace(null);
    }

    private void replace(Shared next) {
        Shared previous = current.getAndSet(next);
        if (previous != null) {
            previous.release();
        }
    }

    private Shared acquire() {
        while (true) {
            Shared shared = current.get();
            if (shared == null || shared.acquire()) {
                return shared;
            }
            // Replaced and released between the two looks: the next look finds its successor.
        }
    }

    /** A model and how many hold it: being live is one hold, each score in flight another. */
    private static final class Shared {
        private final LoadedModel model;
        private final AtomicInteger holds = new AtomicInteger(1);

        private Shared(LoadedModel model) {
            this.model = model;
        }

        private boolean acquire() {
            return holds.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0;
        }

        private void release() {
            if (holds.decrementAndGet() == 0) {
                model.close();
            }
        }
    }
}
