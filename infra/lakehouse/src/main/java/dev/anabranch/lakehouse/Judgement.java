package dev.anabranch.lakehouse;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What stood between a version and being live, and how it stood up to it: every figure that the verdict rests on.
 *
 * @param gates    in the order they were asked; a version passes when it passes all of them
 * @param champion the version that was live and was measured on the same rows; null when none was
 * @param measured what the champion measured there, by metric; empty when it was not measured
 * @param compared how sure the difference between the two is; null when they were not compared
 */
public record Judgement(List<Gate> gates, Long champion, Map<String, Double> measured, Difference compared) {
    /**
     * One gate.
     *
     * @param name   what is asked about: a metric, {@code rows}, {@code champion}
     * @param value  what there was; null when it could not be told
     * @param least  what there had to be, at least; null when it was not a matter of figures
     * @param passed whether that was so
     * @param told   the same in words; of a gate that was not passed it says by how much
     */
    public record Gate(String name, Double value, Double least, boolean passed, String told) {}

    /**
     * The version less the champion, on the same rows.
     *
     * @param metric     the one that decides
     * @param difference of the rows as they are, in units of the metric
     * @param lower      the lower end of the interval of the difference
     * @param upper      its upper end
     * @param confidence of the interval, 0.95 say
     * @param resamples  it is made of so many
     * @param entities   that were drawn in each, with replacement
     * @param seed       of the drawing
     */
    public record Difference(
            String metric,
            double difference,
            double lower,
            double upper,
            double confidence,
            int resamples,
            int entities,
            long seed) {}

    public Judgement {
        gates = List.copyOf(gates);
        measured = Map.copyOf(measured);
        if (gates.isEmpty()) {
            throw new IllegalArgumentException("A judgement must have a gate, got none");
        }
    }

    /** By one gate that is not a matter of figures. */
    public static Judgement of(String gate, boolean passed, String told) {
        return new Judgement(List.of(new Gate(gate, null, null, passed, told)), null, Map.of(), null);
    }

    /** Whether the version may be live. */
    public boolean passed() {
        return gates.stream().allMatch(Gate::passed);
    }

    /** In words: what held it back, or else all that it passed. */
    public String reason() {
        boolean passed = passed();
        return gates.stream()
                .filter(gate -> gate.passed() == passed)
                .map(Gate::told)
                .collect(Collectors.joining("; "));
    }
}
