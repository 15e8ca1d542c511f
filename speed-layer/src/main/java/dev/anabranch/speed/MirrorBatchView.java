package dev.anabranch.speed;

import dev.anabranch.contract.BatchFooter;
import dev.anabranch.contract.Wire;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.KeyValues;
import dev.anabranch.view.SpeedWriter;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewKeys;
import java.time.Duration;
import java.util.Arrays;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the batch rows at hand for readings in the stream, and prunes the cells that a complete generation has made
 * superfluous.
 */
final class MirrorBatchView<A> implements Processor<byte[], byte[], Void, Void> {
    private static final Logger LOG = LoggerFactory.getLogger(MirrorBatchView.class);

    /** Between two steps of a pruning events are folded; whatever its size, it takes about a minute. */
    private static final Duration PRUNE = Duration.ofMillis(100);

    private static final int STEPS = 600;
    private static final int SMALLEST_STEP = 250;

    private final View<A> view;
    private final Mirrors mirrors;
    private ProcessorContext<Void, Void> context;
    private Mirrors.Mirror mirror;
    private Beat beat;
    private KeyValues.Writable rows;
    private KeyValues.Writable cells;
    private SpeedWriter<A> writer;
    private SpeedWriter<A>.Pruning pruning;
    private Cancellable steps;
    private int step;
    private String task;

    MirrorBatchView(View<A> view, Mirrors mirrors) {
        this.view = view;
        this.mirrors = mirrors;
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        this.context = context;
        mirror = mirrors.open(view, context.taskId().partition(), context.currentSystemTimeMs());
        beat = new Beat(context, mirror::look);
        rows = ViewStores.open(context, ViewStores.batch(view));
        cells = ViewStores.open(context, ViewStores.cells(view));
        writer = new SpeedWriter<>(view, cells);
        task = context.taskId().toString();
        byte[] footer = rows.get(ViewKeys.FOOTER);
        if (footer != null) {
            announce(footer); // a footer that was restored does not come by again
        }
        beginPruning(); // what was announced before a restart may not have been pruned to its end
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        beat.rouse();
        mirror.reading(context.currentSystemTimeMs());
        apply(record);
        context.recordMetadata().ifPresent(metadata -> mirror.applied(metadata.offset()));
    }

    private void apply(Record<byte[], byte[]> record) {
        if (record.value() == null) {
            rows.delete(record.key());
            return;
        }
        rows.put(record.key(), record.value());
        if (Arrays.equals(record.key(), ViewKeys.FOOTER)) {
            if (announce(record.value())) {
                beginPruning();
            }
        }
    }

    /** Whether that raised the floor. */
    private boolean announce(byte[] footerValue) {
        BatchFooter footer = Wire.BATCH_FOOTER.decode(footerValue);
        Cut floor = Cuts.read(footer.getFloor());
        if (writer.announced().covers(floor)) {
            return false;
        }
        writer.announce(floor);
        LOG.info(
                "Task {}: generation {} of {} is complete, cells before {} go",
                task,
                footer.getGeneration(),
                view,
                floor);
        return true;
    }

    private void beginPruning() {
        pruning = writer.pruning();
        step = Math.max(SMALLEST_STEP, pruning.left() / STEPS);
        if (pruning.left() > 0 && steps == null) {
            steps = context.schedule(PRUNE, PunctuationType.WALL_CLOCK_TIME, now -> prune());
        }
    }

    private void prune() {
        pruning.step(step);
        if (pruning.left() == 0) {
            steps.cancel();
            steps = null;
            LOG.info("Task {}: the cells of {} before the floor are gone", task, view);
        }
    }
}
