package dev.anabranch.serving;

import dev.anabranch.contract.ModelKey;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.model.Lineup;
import dev.anabranch.model.LiveLineup;
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
    private final Map<String, LiveLineup<ServedModel>> lineups = new ConcurrentHashMap<>();
    private final Map<ModelKey, String> refusals = new ConcurrentHashMap<>();
    private final MeterRegistry metrics;

    Models(@All List<ModelUse> uses, ArtifactReader artifacts, MeterRegistry metrics) {
        uses.forEach(use -> {
            this.uses.put(use.model(), use);
            lineups.put(use.model(), new LiveLineup<>(use.model(), version -> artifacts.load(use, version)));
        });
        this.metrics = metrics;
    }

    /**
     * Runs {@code work} with the live version; it is not closed meanwhile, whatever is published.
     *
     * @throws Unavailable when there is none
     */
    public <R> R with(String name, Function<LoadedModel, R> work) {
        return withAny(name, LoadedModel.class, work).orElseThrow(() -> missing(name));
    }

    /** The same with a model of any kind, that which its {@link ModelUse} loads, for whoever can do without one. */
    public <M extends ServedModel, R> Optional<R> withAny(String name, Class<M> kind, Function<M, R> work) {
        return lineup(name).flatMap(l -> l.use(lineup -> work.apply(kind.cast(lineup.live()))));
    }

    /**
     * Runs {@code work} with all versions that score now, of which an experiment may have given some entities others than the live
     * one; none is closed meanwhile.
     *
     * @throws Unavailable when nothing is live
     */
    public <R> R withLineup(String name, Function<Lineup<ServedModel>, R> work) {
        return withAnyLineup(name, work).orElseThrow(() -> missing(name));
    }

    /** The same for whoever can do without one: empty when nothing is live. */
    public <R> Optional<R> withAnyLineup(String name, Function<Lineup<ServedModel>, R> work) {
        return lineup(name).flatMap(l -> l.use(work));
    }

    private Optional<LiveLineup<ServedModel>> lineup(String name) {
        return Optional.ofNullable(lineups.get(name));
    }

    /** @throws Unavailable when there is no live version */
    public void require(String name) {
        if (lineup(name).filter(LiveLineup::isPresent).isEmpty()) {
            throw missing(name);
        }
    }

    private Unavailable missing(String name) {
        String refusal = refusals.get(ModelKey.live(name));
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
    public Optional<ModelVersion> version(String name) {
        return lineup(name).flatMap(LiveLineup::version);
    }

    /** Why the version published last is not live. */
    Optional<String> refusal(String name) {
        return refusal(ModelKey.live(name));
    }

    /** Why the record last published under a key is not in force. */
    Optional<String> refusal(ModelKey key) {
        return Optional.ofNullable(refusals.get(key));
    }

    /** Whether an arm of the experiment with a model scores here. */
    boolean takesPart(String name, String arm) {
        return lineup(name).flatMap(l -> l.use(lineup -> lineup.has(arm))).orElse(false);
    }

    /** Whether versions of a model may be tried side by side. */
    boolean triesVersions(String name) {
        return uses.get(name).keepsAnswers();
    }

    /** Whether one of them may score without answering anybody. */
    boolean triesShadows(String name) {
        return uses.get(name).keepsShadows();
    }

    /** Takes in a record of the model topic. Called by one thread only. */
    void take(byte[] key, byte[] value) {
        Optional<ModelKey> about = Optional.ofNullable(key)
                .flatMap(bytes -> ModelKey.parse(new String(bytes, StandardCharsets.UTF_8)))
                .filter(parsed -> lineups.containsKey(parsed.model()));
        about.ifPresent(parsed -> take(parsed, value)); // another use case's is of no concern here
    }

    private void take(ModelKey about, byte[] value) {
        String name = about.model();
        try {
            Optional<String> change = lineups.get(name).take(about, value);
            refusals.remove(about);
            change.ifPresent(what -> {
                metrics.counter("anabranch.serving.model.swaps", "model", name).increment();
                log.info(what);
            });
        } catch (UnusableModelException | IllegalArgumentException e) {
            refusals.put(about, e.getMessage());
            metrics.counter("anabranch.serving.model.refusals", "model", name).increment();
            log.errorf(e, "The record %s cannot be used; what was in force stays", about);
        }
    }

    void stop() {
        lineups.values().forEach(LiveLineup::close);
    }
}
