package dev.anabranch.learning;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Origin;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What the record of a version says that was made of what an online model had learnt. */
public final class LearntVersion {
    /** What the registry calls the algorithm of such a version. */
    public static final String ALGORITHM = "ftrl-proximal";

    /** The parameter that says how many labels it has learnt from. */
    public static final String LABELS = "labels-learnt";

    private static final String POSITIVES = "positives-learnt";
    private static final String DEFINITION = "learnt-by";

    private LearntVersion() {}

    /** Whether a version was learnt as labels arrived. */
    public static boolean isOne(ModelVersion version) {
        return version.getAlgorithm().equals(ALGORITHM);
    }

    /** How many labels a version has learnt from, by its parameters; empty of one that was trained. */
    public static Optional<Long> labels(Map<String, String> parameters) {
        return Optional.ofNullable(parameters.get(LABELS)).map(Long::valueOf);
    }

    /** All parameters of a version: what it was learnt by, and from how many labels. */
    public static Map<String, String> parameters(Learning learning, Learnt learnt) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("alpha", String.valueOf(learning.ftrl().alpha()));
        parameters.put("beta", String.valueOf(learning.ftrl().beta()));
        parameters.put("l1", String.valueOf(learning.ftrl().l1()));
        parameters.put("l2", String.valueOf(learning.ftrl().l2()));
        parameters.put(DEFINITION, learnt.getDefinition());
        parameters.put(LABELS, String.valueOf(learnt.getLabels()));
        parameters.put(POSITIVES, String.valueOf(learnt.getPositives()));
        return parameters;
    }

    /** The first example that a version has not learnt from; all it has learnt from stand before it. */
    public static Cut cut(ModelVersion version) {
        return Cuts.read(version.getCut());
    }

    /** Whether a version was made of just that. */
    public static boolean isOf(ModelVersion version, Learnt learnt) {
        return isOne(version)
                && learnt.getDefinition().equals(version.getParameters().get(DEFINITION))
                && String.valueOf(learnt.getLabels())
                        .equals(version.getParameters().get(LABELS))
                && cut(version).equals(cut(learnt));
    }

    /** The same of what was learnt. */
    public static Cut cut(Learnt learnt) {
        return Cut.of(Map.of(new Origin(learnt.getTopic(), learnt.getPartition()), learnt.getNextOffset()));
    }
}
