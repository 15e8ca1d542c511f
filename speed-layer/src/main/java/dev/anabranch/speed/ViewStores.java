package dev.anabranch.speed;

import dev.anabranch.contract.Topics;
import dev.anabranch.view.View;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.state.KeyValueStore;

/** The two stores that a task keeps of a view: its cells, and the batch rows of the same entities. */
final class ViewStores {
    private ViewStores() {}

    static String cells(View<?> view) {
        return Topics.speedStore(view.name());
    }

    static String batch(View<?> view) {
        return Topics.speedStore(view.name()) + "-batch";
    }

    static StoreKeyValues open(ProcessingContext context, String store) {
        KeyValueStore<Bytes, byte[]> opened = context.getStateStore(store);
        return StoreKeyValues.of(opened);
    }
}
