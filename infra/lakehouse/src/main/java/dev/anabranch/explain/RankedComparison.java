package dev.anabranch.explain;

import dev.anabranch.explain.RankedExplanation.Feature;
import dev.anabranch.explain.RankedExplanation.Item;
import dev.anabranch.ranking.Ranked;
import dev.anabranch.ranking.RankedAnswer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An answer that was logged beside the same made again, item by item. */
final class RankedComparison {
    /** So many differences are told: one wrong reading changes every item. */
    private static final int MOST_TOLD = 20;

    private final List<String> names;
    private final RankedAnswer logged;
    private final List<Ranked> again;
    private final RegisteredModels.Scoring scoring;
    private final List<String> differences;
    private Contributions some; // of one of the items

    /**
     * @param again       null when it could not be made again
     * @param scoring     what ranked; null for a rule
     * @param differences is added to
     */
    RankedComparison(
            List<String> names,
            RankedAnswer logged,
            List<Ranked> again,
            RegisteredModels.Scoring scoring,
            List<String> differences) {
        this.names = names;
        this.logged = logged;
        this.again = again;
        this.scoring = scoring;
        this.differences = differences;
    }

    /** In the order in which they were logged. */
    List<Item> items() {
        Map<String, Ranked> byName = new HashMap<>();
        if (again != null) {
            again.forEach(item -> byName.put(item.name(), item));
            compareOrder();
        }
        return logged.items().stream()
                .map(item -> item(item, byName.get(item.name())))
                .toList();
    }

    /** That of an answer that others had a say in is theirs. */
    private void compareOrder() {
        List<String> before = logged.items().stream().map(Ranked::name).toList();
        List<String> now = again.stream().map(Ranked::name).toList();
        if (!logged.rescored() && !before.equals(now)) {
            differ("The items were " + before + ", and are now " + now);
        }
    }

    private Item item(Ranked before, Ranked now) {
        if (again != null && now == null) {
            differ("Item " + before.name() + " does not come into consideration now");
        }
        boolean identical = now != null && Comparison.same(before.score(), now.score());
        if (now != null && !identical) {
            differ("The score of " + before.name() + " was " + before.score() + ", and is now " + now.score());
        }
        boolean shaped = now == null || now.features().length == before.features().length;
        if (!shaped) {
            differ("There must be " + now.features().length + " features of " + before.name() + ", got "
                    + before.features().length + " in the log");
        }
        Contributions parts = now != null && shaped && scoring != null && scoring.parts() != null
                ? scoring.parts().at(now.features())
                : null;
        some = parts == null ? some : parts;
        List<Feature> features = new ArrayList<>();
        for (int i = 0; i < before.features().length && shaped; i++) {
            boolean same = now == null || Comparison.same(before.features()[i], now.features()[i]);
            if (!same) {
                differ("Feature " + names.get(i) + " of " + before.name() + " was " + before.features()[i]
                        + ", and is now " + now.features()[i]);
            }
            identical &= same;
            features.add(new Feature(
                    names.get(i),
                    before.features()[i],
                    now == null ? null : now.features()[i],
                    parts == null ? null : parts.each()[i]));
        }
        return new Item(
                before.name(),
                before.score(),
                now == null ? null : now.score(),
                identical,
                parts == null ? null : parts.base(),
                features);
    }

    private void differ(String how) {
        if (differences.size() < MOST_TOLD) {
            differences.add(how);
        }
    }

    /** What contributions are to and how they were found, by those of one item; empty when there are none. */
    Optional<Contributions> contributions() {
        return Optional.ofNullable(some);
    }

    /** Why there are no contributions. */
    String notTakenApart() {
        if (again == null) {
            return "it could not be made again";
        }
        if (scoring == null) {
            return "it was ranked by a rule";
        }
        return scoring.notKnown() == null ? "there is no item" : scoring.notKnown();
    }
}
