package dev.anabranch.view.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Makes a failing schedule shorter while it still fails: leaves out halves, then quarters, then single actions. */
public final class Shrinking {
    private Shrinking() {}

    /** @return a schedule that fails and from which no single action can be left out */
    public static List<Action> shortest(List<Action> failing, Set<Mutation> mutations) {
        int failedAt =
                Simulation.run(failing, mutations).failure().orElseThrow().action();
        List<Action> shortest = new ArrayList<>(failing.subList(0, failedAt + 1));
        for (int chunk = shortest.size() / 2; chunk >= 1; chunk /= 2) {
            boolean left = true;
            while (left) {
                left = false;
                for (int from = 1; from < shortest.size(); from += chunk) {
                    List<Action> without = new ArrayList<>(shortest.subList(0, from));
                    without.addAll(shortest.subList(Math.min(from + chunk, shortest.size()), shortest.size()));
                    if (Simulation.run(without, mutations).failure().isPresent()) {
                        shortest = without;
                        left = true;
                    }
                }
            }
        }
        return shortest;
    }
}
