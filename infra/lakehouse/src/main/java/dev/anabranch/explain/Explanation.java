package dev.anabranch.explain;

import dev.anabranch.view.Position;
import java.util.List;
import java.util.Map;

/**
 * A prediction as it was logged, beside the same made again from the archive, and what it was made of.
 *
 * @param predictionId  names it
 * @param useCase       whose model gave it
 * @param path          where it was scored: {@code STREAM} or {@code REST}
 * @param eventId       the event that was scored; empty when it was asked about none of the log
 * @param atMillis      the moment the windows end at
 * @param madeMillis    when it was scored
 * @param question      what was asked about, by field
 * @param identical     whether features and score came out as they were logged, to the bit
 * @param differences   what did not, in words; empty when {@code identical}
 * @param score         both scores
 * @param model         what gave them
 * @param contributions what the score is the sum of; null when the model is of a kind that cannot be taken apart
 * @param notTakenApart why there are no contributions; null when there are
 * @param features      the model's inputs, in order
 * @param views         what the features were read from
 */
public record Explanation(
        String predictionId,
        String useCase,
        String path,
        String eventId,
        long atMillis,
        long madeMillis,
        Map<String, String> question,
        boolean identical,
        List<String> differences,
        Scores score,
        Model model,
        Sum contributions,
        String notTakenApart,
        List<Feature> features,
        List<Viewed> views)
        implements Remade {
    @Override
    public boolean saidExact() {
        return views.stream().allMatch(Viewed::exact);
    }

    @Override
    public String madeBy() {
        return String.valueOf(model.version());
    }

    @Override
    public List<String> generations() {
        return views.stream().map(view -> view.view() + " " + view.generation()).toList();
    }

    /**
     * A number as it was logged and as it came out now.
     *
     * @param recomputed null when it could not be made again
     */
    public record Scores(double logged, Double recomputed, boolean identical) {}

    /**
     * The version that scored.
     *
     * @param variant      the part it played
     * @param algorithm    how it was trained; null when the registry does not have the version
     * @param codeRevision of the code that trained it
     * @param createdMillis when it was trained
     */
    public record Model(
            String name,
            long version,
            String variant,
            String sha256,
            String algorithm,
            String codeRevision,
            Long createdMillis) {}

    /**
     * What the contributions of the features sum to.
     *
     * @param of     what it is, in words: {@code log odds}
     * @param method how the contributions were found, in words
     * @param base   what there is before any feature is looked at
     * @param total  base and contributions together
     */
    public record Sum(String of, String method, double base, double total) {}

    /**
     * One input of the model.
     *
     * @param recomputed   null when the features are made in another way today
     * @param contribution what it adds to the sum; null when the model cannot be taken apart
     * @param from         the windows it was read from; none when it looks at the event alone
     */
    public record Feature(
            String name, double logged, Double recomputed, boolean identical, Double contribution, List<From> from) {}

    /**
     * A window that a feature was read from.
     *
     * @param events how many events are in it; they stand with the view
     */
    public record From(String view, String window, int events) {}

    /**
     * One entity of one view, as it was known.
     *
     * @param generation of the batch part; 0 when there was none
     * @param cut        where the speed part took over
     * @param asOf       for each part of the log the first position that was not known
     * @param exact      whether the reading said of itself that it was exact
     * @param windows    each window with what was in it
     * @param events     how many events are in any of the windows
     * @param behind     the newest of them
     */
    public record Viewed(
            String view,
            String entity,
            long generation,
            List<Position> cut,
            List<Position> asOf,
            boolean exact,
            List<InWindow> windows,
            int events,
            List<Behind> behind) {}

    /**
     * One window.
     *
     * @param fromMillis the first millisecond in it
     * @param toMillis   the first that is no longer in it
     * @param events     how many events are in it
     * @param measures   what the view's measures say of it
     */
    public record InWindow(String window, long fromMillis, long toMillis, int events, Map<String, Double> measures) {}
}
