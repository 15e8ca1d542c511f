package dev.anabranch.explain;

import dev.anabranch.ranking.RankedAnswer.Version;
import java.util.List;
import java.util.Map;

/**
 * An answer that put things in order, as it was logged, beside the same made again from the archive.
 *
 * @param predictionId  names it
 * @param useCase       whose answer it is
 * @param atMillis      the moment it is as of, and when it was made
 * @param question      what was asked, by field
 * @param identical     whether items, order, features and scores came out as they were logged, to the bit
 * @param differences   what did not, in words; empty when {@code identical}
 * @param exact         whether everything that was read said of itself that it was exact
 * @param rescored      whether filters or rescorers that the archive does not know had a say: then that each item was among
 *                      those that came into consideration, its features and its score are compared, and the order is not
 * @param by            what put things in order: a version, or the name of a rule
 * @param ranker        the model that did; null for a rule
 * @param vectors       the vectors that took part; null when none did
 * @param of            what contributions sum to, in words; null when there are none
 * @param method        how they were found, in words; null when there are none
 * @param notTakenApart why there are none; null when there are
 * @param items         in the order of the answer
 * @param read          what was read, by view and generation
 */
public record RankedExplanation(
        String predictionId,
        String useCase,
        long atMillis,
        Map<String, String> question,
        boolean identical,
        List<String> differences,
        boolean exact,
        boolean rescored,
        String by,
        Version ranker,
        Version vectors,
        String of,
        String method,
        String notTakenApart,
        List<Item> items,
        List<Read> read)
        implements Remade {
    /**
     * One of the answer's items.
     *
     * @param logged     the score it was logged with
     * @param recomputed that which it has now; null when it could not be made again
     * @param base       what there is before any feature is looked at; null when there are no contributions
     * @param features   what the ranker knew of it; none where it looked at none
     */
    public record Item(
            String name, double logged, Double recomputed, boolean identical, Double base, List<Feature> features) {}

    /**
     * One input of the ranker.
     *
     * @param recomputed   null when it could not be made again
     * @param contribution what it adds; null when there are no contributions
     */
    public record Feature(String name, double logged, Double recomputed, Double contribution) {}

    /** How many entities of a view were read with a generation. */
    public record Read(String view, long generation, int entities) {}

    @Override
    public boolean saidExact() {
        return exact;
    }

    @Override
    public String path() {
        return "REST";
    }

    @Override
    public String madeBy() {
        return by;
    }

    @Override
    public List<String> generations() {
        return read.stream().map(each -> each.view() + " " + each.generation()).toList();
    }
}
