package dev.anabranch.view;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps all sums, and counts how often some were there. */
final class Remembering implements ReadingSums.Keeper {
    final Map<String, ReadingSums<?>> sums = new ConcurrentHashMap<>();
    final AtomicInteger found = new AtomicInteger();

    @Override
    public ReadingSums<?> kept(View<?> view, String entity) {
        ReadingSums<?> kept = sums.get(entity);
        if (kept != null) {
            found.incrementAndGet();
        }
        return kept;
    }

    @Override
    public void keep(View<?> view, String entity, ReadingSums<?> kept) {
        sums.put(entity, kept);
    }
}
