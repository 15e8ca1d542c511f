package dev.anabranch.serving;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Wire;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.ServedModel;
import dev.anabranch.model.UnusableModelException;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * The live version of every model that is used here. A new one is loaded and checked aside and then takes the place of
 * the old one whole; one that fails its checks leaves the old one live.
 */
@ApplicationScoped
public class Models {
    private static final Logger log = Logger.getLogger(Models.class);

    private final Map<String, ModelUse> uses = new ConcurrentHashMap<>();
    private final Map<String, LiveModel> live = new ConcurrentHashMap<>();
    private final Map<String, String> refusals = new ConcurrentHashMap<>();
    private final MeterRegistry metrics;

    Models(@All List<ModelUse> uses, MeterRegistry metrics) {
        uses.forEach(use -> this.uses.put(use.model(), use));
        this.metrics = metrics;
    }

    /**
     * Runs {@code work} with the live version; it is not closed meanwhile, whatever is published.
     *
     * @throws Unavailable when there is none
     */
    public <R> R with(String name, Function<LoadedModel, R> work) {
        return with(name, LoadedModel.class, work);
    }

    /** The same with a model of another kind: that which its {@link ModelUse} loads. */
    public <M extends ServedModel, R> R with(String name, Class<M> kind, Function<M, R> work) {
        LiveModel held = hold(name);
        try {
            return work.apply(kind.cast(held.model()));
        } finally {
            held.letGo();
        }
    }

    /** The same, for whoever can do without a model. */
    public <M extends ServedModel, R> Optional<R> withAny(String name, Class<M> kind, Function<M, R> work) {
        while (true) {
            LiveModel current = live.get(name);
            if (current == null) {
                return Optional.empty();
            }
            if (current.hold()) {
                try {
                    return Optional.of(work.apply(kind.cast(current.model())));
                } finally {
                    current.letGo();
                }
            }
        }
    }

    /** @throws Unavailable when there is no live version */
    public void require(String name) {
        if (!live.containsKey(name)) {
            throw missing(name);
        }
    }

    private LiveModel hold(String name) {
        while (true) {
            LiveModel current = live.get(name);
            if (current == null) {
                throw missing(name);
            }
            if (current.hold()) {
                return current;
            }
        }
    }

    private Unavailable missing(String name) {
        String refusal = refusals.get(name);
        return new Unavailable("There is no live model named '" + name + "': "
                + (refusal == null
                        ? "none was published yet; train one with the batch layer"
                        : "the one published cannot be used: " + refusal));
    }

    /** The names of the models used here. */
    Collection<String> names() {
        return uses.keySet().stream().sorted().toList();
    }

    /** Each of them, as it is used here. */
    List<Status.OfModel> status(long nowMillis) {
        return names().stream()
                .map(name -> {
                    String refused = refusal(name).orElse(null);
                    return version(name)
                            .map(live -> Status.OfModel.live(live, refused, nowMillis))
                            .orElseGet(() -> Status.OfModel.none(name, refused));
                })
                .toList();
    }

    /** The inputs that the use case of a model supplies, in order; none when it takes something else. */
    List<String> features(String name) {
        return uses.get(name).features();
    }

    /**
     * Loads a version and lets it go again: whether it could be live here.
     *
     * @throws UnusableModelException when it does not do what its record says
     */
    void prove(ModelVersion version) throws UnusableModelException {
        uses.get(version.getName()).load(version).close();
    }

    /** The record of the live version. */
    Optional<ModelVersion> version(String name) {
        return Optional.ofNullable(live.get(name)).map(held -> held.model().version());
    }

    /** Why the version published last is not live. */
    Optional<String> refusal(String name) {
        return Optional.ofNullable(refusals.get(name));
    }

    /** Takes in a record of the model topic. Called by one thread only. */
    void take(byte[] key, byte[] value) {
        String name = key == null ? "" : new String(key, StandardCharsets.UTF_8);
        ModelUse use = uses.get(name);
        if (use == null) {
            return; // another use case's, of no concern here
        }
        if (value == null) {
            replace(name, null);
            log.infof("Model %s was withdrawn", name);
            return;
        }
        try {
            ModelVersion version = Wire.MODEL_VERSION.decode(value);
            if (alreadyLive(name, version)) {
                refusals.remove(name); // it was published anew after one that was refused
                return;
            }
            replace(name, new LiveModel(use.load(version)));
            refusals.remove(name);
            metrics.counter("anabranch.serving.model.swaps", "model", name).increment();
            log.infof("Model %s version %d is live", name, version.getVersion());
        } catch (UnusableModelException | IllegalArgumentException e) {
            refusals.put(name, e.getMessage());
            metrics.counter("anabranch.serving.model.refusals", "model", name).increment();
            log.errorf(e, "A version of model %s cannot be used; what was live stays live", name);
        }
    }

    private boolean alreadyLive(String name, ModelVersion version) {
        return version(name)
                .map(current -> current.getVersion() == version.getVersion()
                        && current.getSha256().equals(version.getSha256()))
                .orElse(false);
    }

    private void replace(String name, LiveModel next) {
        LiveModel before = next == null ? live.remove(name) : live.put(name, next);
        if (before != null) {
            before.letGo();
        }
    }

    void stop() {
        List.copyOf(live.keySet()).forEach(name -> replace(name, null));
    }
}
