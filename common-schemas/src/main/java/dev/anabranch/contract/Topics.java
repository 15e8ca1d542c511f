package dev.anabranch.contract;

/** The names of the topics. */
public final class Topics {
    /** Which generation of each view is complete. Compacted, one partition. */
    public static final String GENERATIONS = "control.generations";
    /** Which model is live, by name. Compacted. */
    public static final String MODELS = "control.models";
    /** The artifacts that are too large for their version's record, in parts. Compacted, one partition. */
    public static final String ARTIFACTS = "control.artifacts";

    /** How far what each model sees is from what it was measured on, by model. Compacted, one partition. */
    public static final String DRIFT = "control.drift";
    /** What somebody should look at, as it comes and goes. Retained, one partition. */
    public static final String ALERTS = "alerts";
    /** What each online model has learnt, as it publishes it. Compacted, one partition. */
    public static final String LEARNT = "control.learnt";

    private Topics() {}

    /** The log of one event type. Retained, with the broker's time. */
    public static String events(String eventType) {
        return "events." + eventType;
    }

    /** The generations of a view. Compacted; partitioned by entity. */
    public static String batchView(String view) {
        return "view." + view + ".batch";
    }

    /**
     * The speed cells of a view. Compacted; partitioned by entity.
     *
     * <p>It is the changelog of the store the speed layer keeps the cells in: one write makes a cell durable and
     * public at once. So its name is the one Kafka Streams gives it, made of {@link #speedApplication} and
     * {@link #speedStore}.
     */
    public static String speedView(String view) {
        return speedApplication(view.substring(0, view.indexOf('.'))) + "-" + speedStore(view) + "-changelog";
    }

    /** The Kafka Streams application that keeps the speed views of a use case. */
    public static String speedApplication(String useCase) {
        return "speed." + useCase;
    }

    /** The store that the speed cells of a view are kept in. */
    public static String speedStore(String view) {
        return view.substring(view.indexOf('.') + 1);
    }

    /** Every prediction a use case made. Retained, archived. */
    public static String predictions(String useCase) {
        return "predictions." + useCase;
    }
}
