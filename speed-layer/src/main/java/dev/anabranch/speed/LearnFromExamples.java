package dev.anabranch.speed;

import dev.anabranch.learning.LabelledExample;
import dev.anabranch.learning.Learning;
import dev.anabranch.learning.Learnt;
import dev.anabranch.learning.OnlineLearner;
import dev.anabranch.quality.Quality;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns from each example once. What was learnt, up to where, and what is published of it are written in the transaction in
 * which the example is read: whoever takes over goes on to the bit where the last commit stood.
 */
final class LearnFromExamples extends ContextualProcessor<String, Passing<LabelledExample>, String, byte[]> {
    /** The store that what was learnt is kept in. */
    static final String STORE = "learner";

    private static final Logger LOG = LoggerFactory.getLogger(LearnFromExamples.class);

    private final Learning learning;
    private final int publishEvery;
    private final Bytes key;
    private final Counter learnt;
    private final Counter unlearnt;
    private KeyValueStore<Bytes, byte[]> store;
    private OnlineLearner learner;

    /** @param publishEvery how many labels */
    LearnFromExamples(Learning learning, int publishEvery, MeterRegistry metrics) {
        this.learning = learning;
        this.publishEvery = publishEvery;
        key = Bytes.wrap(learning.name().getBytes(StandardCharsets.UTF_8));
        learnt = Counter.builder("anabranch.speed.learnt")
                .description("Labelled predictions that the online model has learnt from")
                .tag("use.case", learning.name())
                .register(metrics);
        unlearnt = Counter.builder("anabranch.speed.unlearnt")
                .description("Those it has not: they were made of other features than today's")
                .tag("use.case", learning.name())
                .register(metrics);
    }

    @Override
    public void init(ProcessorContext<String, byte[]> context) {
        super.init(context);
        store = context.getStateStore(STORE);
        byte[] kept = store.get(key); // of the last commit, whatever this object has seen since
        learner = kept == null ? new OnlineLearner(learning) : goingOn(OnlineLearner.WIRE.decode(kept));
    }

    /** What other buckets or parameters have learnt is of no use. */
    private OnlineLearner goingOn(Learnt before) {
        if (before.getDefinition().equals(learning.fingerprint())) {
            return OnlineLearner.of(learning, before);
        }
        LOG.warn(
                "{} is learnt from another declaration on: what was learnt from {} labels is left behind",
                learning.name(),
                before.getLabels());
        return OnlineLearner.anew(learning, before);
    }

    @Override
    public void process(Record<String, Passing<LabelledExample>> record) {
        Passing<LabelledExample> passing = record.value();
        LabelledExample example = passing.event();
        if (example.getFeatures().size() == learning.inputs().size()) {
            learner.learn(passing.position(), example.getFeatures(), example.getPositive());
            learnt.increment();
            if (learner.labels() % publishEvery == 0) {
                publish(record);
            }
        } else {
            learner.passOver(passing.position());
            unlearnt.increment();
        }
        store.put(key, OnlineLearner.WIRE.encode(learner.toLearnt()));
    }

    private void publish(Record<String, Passing<LabelledExample>> because) {
        context().forward(because.withKey(learning.name()).withValue(OnlineLearner.WIRE.encode(learner.toLearnt())));
        LOG.info(
                "{} has learnt from {} labels; the log loss of the last {} before they were learnt was {}",
                learning.name(),
                learner.labels(),
                learner.recent().predictions(),
                Quality.of(learner.recent()).logLoss().orElseThrow());
        learner.published();
    }
}
