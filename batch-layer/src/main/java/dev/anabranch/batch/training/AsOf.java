package dev.anabranch.batch.training;

import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.ViewReading;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Reading;
import dev.anabranch.view.View;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What each view knew when a prediction was made.
 *
 * @param views       the names of the views, in the task's order
 * @param generations the cut of each generation, by view
 */
record AsOf(List<String> views, Map<String, Map<Long, Cut>> generations) implements Serializable {
    static AsOf of(List<View<?>> views, Archive archive) {
        Map<String, Map<Long, Cut>> generations = new HashMap<>();
        List<String> names = new ArrayList<>();
        for (View<?> view : views) {
            generations.put(view.name(), new HashMap<>(archive.generations(view.name())));
            names.add(view.name());
        }
        return new AsOf(names, generations);
    }

    /** For each view the cut that was known, as {@link CutBytes} has it; null for one the prediction does not name. */
    List<byte[]> of(Prediction prediction) {
        byte[][] known = new byte[views.size()][];
        for (ViewReading reading : prediction.getReadings()) {
            int view = views.indexOf(reading.getView());
            if (view >= 0) {
                known[view] = CutBytes.write(known(prediction, reading));
            }
        }
        return Arrays.asList(known);
    }

    /** Whether all that the prediction knew of these views lies before {@code archived}. */
    boolean within(Cut archived, Prediction prediction) {
        return prediction.getReadings().stream()
                .filter(reading -> views.contains(reading.getView()))
                .allMatch(reading -> archived.covers(known(prediction, reading)));
    }

    private Cut known(Prediction prediction, ViewReading reading) {
        return Reading.asOf(cut(prediction, reading), new TreeMap<>(Cuts.readOffsets(reading.getLast())));
    }

    private Cut cut(Prediction prediction, ViewReading reading) {
        if (reading.getGeneration() == 0) {
            return Cut.NOTHING;
        }
        Cut cut = generations.get(reading.getView()).get(reading.getGeneration());
        if (cut == null) {
            throw new IllegalStateException("Prediction " + prediction.getPredictionId() + " was made from generation "
                    + reading.getGeneration() + " of " + reading.getView()
                    + ", which must be among the recorded generations, got "
                    + generations.get(reading.getView()).keySet());
        }
        return cut;
    }
}
