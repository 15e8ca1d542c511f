package dev.anabranch.speed;

/**
 * Up to which arrival a task has folded everything that belongs to its partition of a view.
 *
 * <p>Events of one origin come in the order they arrived, so the newest of them says it all. Where several origins meet,
 * each at its own pace, the newest of the fastest says nothing of the others: what has been seen is noted, and told when a
 * sweep that began afterwards is over. A restart forgets what is noted, never what was told.
 */
final class Watermark {
    private final Sweeps sweeps;
    private final boolean severalOrigins;
    private long newestMillis;
    private long notedMillis;
    private long notedBefore;
    private long toldMillis;

    Watermark(Sweeps sweeps, boolean severalOrigins) {
        this.sweeps = sweeps;
        this.severalOrigins = severalOrigins;
    }

    /** An event that arrived then has been folded. */
    void folded(long arrivalMillis) {
        newestMillis = Math.max(newestMillis, arrivalMillis);
    }

    /** The arrival of an event, such that none that arrived before it is missing; 0 when that is not known of any. */
    long millis() {
        if (!severalOrigins) {
            return newestMillis;
        }
        if (sweeps.over(notedBefore)) {
            toldMillis = notedMillis;
            notedMillis = newestMillis;
            notedBefore = sweeps.next();
        }
        return toldMillis;
    }
}
