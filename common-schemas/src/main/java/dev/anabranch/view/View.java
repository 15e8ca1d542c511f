package dev.anabranch.view;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;

/**
 * Events folded by entity, over windows of event time. Declared once, and run by every layer.
 *
 * <pre>{@code
 * View<CustomerActivity> CUSTOMER = View.named("fraud.customer", CustomerActivity.MONOID)
 *     .from(Source.of(TRANSACTION).by(Transaction::getCustomerId).as(t -> CustomerActivity.of(t.getAmountCents())))
 *     .over(Window.last(Duration.ofDays(1)), Window.last(Duration.ofDays(7)))
 *     .measure("mean", CustomerActivity::meanCents)
 *     .declare();
 * }</pre>
 *
 * <p>The code of a declaration cannot be compared, so a declaration carries a {@code version}: raise it when an
 * entity, time, filter or lift changes meaning. Name, version, sources, windows and measures make the
 * {@link #fingerprint}.
 *
 * @param <A> the aggregate
 */
public final class View<A> implements Serializable {
    private final String name;
    private final int version;
    private final Monoid<A> monoid;
    private final List<Source<?, A>> sources;
    private final Map<String, List<Source<?, A>>> sourcesByTopic;
    private final List<Window> windows;
    private final WindowEdges edges;
    private final Map<String, Measure<A>> measures;
    private final Duration kept;
    private final long tileMillis;
    private final String fingerprint;

    /** A number read off an aggregate. */
    public interface Measure<A> extends ToDoubleFunction<A>, Serializable {}

    private View(Declaration<A> declared) {
        name = declared.name;
        version = declared.version;
        monoid = declared.monoid;
        sources = List.copyOf(declared.sources);
        sourcesByTopic =
                sources.stream().collect(Collectors.groupingBy(s -> s.type().topic(), Collectors.toUnmodifiableList()));
        windows = List.copyOf(declared.windows);
        edges = WindowEdges.of(windows);
        measures = new LinkedHashMap<>(declared.measures);
        kept = declared.kept;
        tileMillis = windows.stream().mapToLong(w -> w.hop().toMillis()).reduce(0, View::greatestCommonDivisor);
        fingerprint = sha256OfDeclaration();
    }

    /** @param name {@code <use case>.<what it is about>}, such as {@code fraud.customer} */
    public static <A> Declaration<A> named(String name, Monoid<A> monoid) {
        return new Declaration<>(name, monoid);
    }

    public String name() {
        return name;
    }

    /** The part of the name before the dot. */
    public String useCase() {
        return name.substring(0, name.indexOf('.'));
    }

    public Monoid<A> monoid() {
        return monoid;
    }

    public List<Source<?, A>> sources() {
        return sources;
    }

    /** The sources that read the topic {@code topic}: more than one when an event counts in several ways. */
    public List<Source<?, A>> sourcesOf(String topic) {
        return sourcesByTopic.getOrDefault(topic, List.of());
    }

    /** The topics of its events, each once, in the order of declaration. */
    public Set<String> topics() {
        return sources.stream().map(s -> s.type().topic()).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    public List<Window> windows() {
        return windows;
    }

    WindowEdges edges() {
        return edges;
    }

    /** The measures by name, in the order of declaration. */
    public Map<String, Measure<A>> measures() {
        return measures;
    }

    /**
     * What an event adds to this view: usually one contribution, none when no source wants it, several when it is about
     * several entities. Two sources that put the same event in the same tile make one contribution.
     *
     * @param topic the event topic it came from
     */
    public List<Contribution<A>> contributions(String topic, SpecificRecord event) {
        List<Contribution<A>> found = List.of();
        for (Source<?, A> source : sourcesOf(topic)) {
            Contribution<A> one = contribution(source, event);
            if (one != null) {
                found = found.isEmpty() ? List.of(one) : merged(found, one);
            }
        }
        return found;
    }

    private <E extends SpecificRecord> Contribution<A> contribution(Source<E, A> source, SpecificRecord record) {
        E event = source.type().cast(record);
        return source.filter().test(event)
                ? new Contribution<>(
                        source.entity().apply(event),
                        tileStart(source.time().applyAsLong(event)),
                        source.lift().apply(event))
                : null;
    }

    private List<Contribution<A>> merged(List<Contribution<A>> found, Contribution<A> one) {
        List<Contribution<A>> all = new ArrayList<>(found);
        for (int i = 0; i < all.size(); i++) {
            Contribution<A> other = all.get(i);
            if (other.entity().equals(one.entity()) && other.tileStart() == one.tileStart()) {
                A both = monoid.plus(other.aggregate(), one.aggregate());
                all.set(i, new Contribution<>(one.entity(), one.tileStart(), both));
                return all;
            }
        }
        all.add(one);
        return all;
    }

    /** The start of the tile that an event at {@code timeMillis} falls in: the time itself when windows are exact. */
    public long tileStart(long timeMillis) {
        return Math.floorDiv(timeMillis, tileMillis) * tileMillis;
    }

    /** How long a tile is: every edge of a window lies between two tiles. */
    public Duration tile() {
        return Duration.ofMillis(tileMillis);
    }

    /**
     * The moment to ask about so that what happens at {@code timeMillis} is in the answer: the end of the tile it falls
     * in. Where windows are exact that is the next millisecond. The windows of the view must share one hop.
     */
    public long endOfTile(long timeMillis) {
        return Math.addExact(tileStart(timeMillis), tileMillis);
    }

    /** How far back from the newest event batch rows go: the longest window, and a margin for questions about the past. */
    public Duration kept() {
        return reach().plus(kept);
    }

    /** How far back the longest window looks. */
    public Duration reach() {
        return windows.stream()
                .map(Window::reach)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** SHA-256 of the declaration, in hex: the same in every layer that runs the same declaration. */
    public String fingerprint() {
        return fingerprint;
    }

    private String sha256OfDeclaration() {
        String declaration = name + "\nversion " + version + "\naggregate "
                + monoid.empty().getClass().getName() + "\nsources "
                + sources.stream().map(s -> s.type().topic()).toList() + "\nwindows " + windows + "\nmeasures "
                + measures.keySet() + "\nkept " + kept;
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(declaration.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    private static long greatestCommonDivisor(long a, long b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }

    /** A view being declared. */
    public static final class Declaration<A> {
        private final String name;
        private final Monoid<A> monoid;
        private final List<Source<?, A>> sources = new ArrayList<>();
        private final List<Window> windows = new ArrayList<>();
        private final Map<String, Measure<A>> measures = new LinkedHashMap<>();
        private int version = 1;
        private Duration kept = Duration.ofDays(7);

        private Declaration(String name, Monoid<A> monoid) {
            if (!name.matches("[a-z][a-z0-9-]*\\.[a-z][a-z0-9-]*")) {
                throw new IllegalArgumentException(
                        "View name must be <use case>.<name> in lower case, got '" + name + "'; try fraud.customer");
            }
            this.name = name;
            this.monoid = monoid;
        }

        public <E extends SpecificRecord> Declaration<A> from(Source<E, A> source) {
            sources.add(source);
            return this;
        }

        public Declaration<A> over(Window... more) {
            windows.addAll(List.of(more));
            return this;
        }

        public Declaration<A> measure(String measure, Measure<A> reading) {
            measures.put(measure, reading);
            return this;
        }

        /** Raise it when an entity, time, filter or lift changes meaning. Starts at 1. */
        public Declaration<A> version(int version) {
            this.version = version;
            return this;
        }

        /** How far beyond the longest window batch rows go back, for questions about the past. 7 days unless told. */
        public Declaration<A> keptFor(Duration kept) {
            this.kept = kept;
            return this;
        }

        /** @throws IllegalArgumentException when it reads nothing, has no window, or two windows share a label */
        public View<A> declare() {
            require(!sources.isEmpty(), "View " + name + " must read at least one event type; add .from(...)");
            require(!windows.isEmpty(), "View " + name + " must have at least one window; add .over(...)");
            Optional<String> twice =
                    windows.stream()
                            .collect(Collectors.groupingBy(Window::label, Collectors.counting()))
                            .entrySet()
                            .stream()
                            .filter(e -> e.getValue() > 1)
                            .map(Map.Entry::getKey)
                            .findFirst();
            require(twice.isEmpty(), "View " + name + " must have each window once, got two named " + twice.orElse(""));
            return new View<>(this);
        }

        private static void require(boolean holds, String otherwise) {
            if (!holds) {
                throw new IllegalArgumentException(otherwise);
            }
        }
    }
}
