package dev.anabranch.serving;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.anabranch.view.ReadingSums;
import dev.anabranch.view.View;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;

/** The sums of busy entities that were asked about lately, as far as there is room for them. */
@ApplicationScoped
class RememberedSums implements ReadingSums.Keeper {
    /** Where edges of windows stay for less, hardly two questions are about the same tiles. */
    private static final Duration LEAST_TILE = Duration.ofMinutes(1);

    /** What nobody asks about any more is worth nothing. */
    private static final Duration IDLE = Duration.ofMinutes(10);

    private final long most;
    private final Cache<About, ReadingSums<?>> sums;

    private record About(String view, String entity) {}

    @Inject
    RememberedSums(ServingConfig config) {
        this(config.serving().sumsBytes(), Ticker.systemTicker());
    }

    /** @param most how many bytes they may take, about */
    RememberedSums(long most, Ticker ticker) {
        this.most = most;
        sums = Caffeine.newBuilder()
                .maximumWeight(most)
                .weigher((About about, ReadingSums<?> kept) -> kept.bytes())
                .expireAfterAccess(IDLE)
                .ticker(ticker)
                .build();
    }

    /** Where the sums of a view are kept. */
    ReadingSums.Keeper of(View<?> view) {
        return most == 0 || view.tile().compareTo(LEAST_TILE) < 0 ? NONE : this;
    }

    @Override
    public ReadingSums<?> kept(View<?> view, String entity) {
        return sums.getIfPresent(new About(view.name(), entity));
    }

    @Override
    public void keep(View<?> view, String entity, ReadingSums<?> kept) {
        sums.put(new About(view.name(), entity), kept);
    }
}
