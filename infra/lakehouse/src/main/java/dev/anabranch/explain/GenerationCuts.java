package dev.anabranch.explain;

import dev.anabranch.lakehouse.GenerationTable;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.view.Cut;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Where the batch parts of generations end, as it was recorded. Not thread safe. */
final class GenerationCuts {
    private final GenerationTable generations;
    private final Map<String, Map<Long, Cut>> cuts = new HashMap<>();

    GenerationCuts(Lakehouse lakehouse) {
        generations = new GenerationTable(lakehouse);
    }

    /**
     * The cut of a generation of a view; of generation 0, which is none yet, it includes nothing. A generation's cut never
     * changes, so what was read once holds; one that is missing may have come since.
     *
     * @throws IllegalArgumentException when there is no such generation
     */
    Cut of(String view, long generation) {
        return find(view, generation)
                .orElseThrow(() -> new IllegalArgumentException("Generation " + generation + " of " + view
                        + " must be among the recorded generations, got "
                        + cuts.get(view).keySet()));
    }

    /** The same; empty when there is no such generation. */
    Optional<Cut> find(String view, long generation) {
        if (generation == 0) {
            return Optional.of(Cut.NOTHING);
        }
        Map<Long, Cut> known = cuts.get(view);
        if (known == null || !known.containsKey(generation)) {
            known = generations.cuts(view);
            cuts.put(view, known);
        }
        return Optional.ofNullable(known.get(generation));
    }
}
