package dev.anabranch.ranking;

import dev.anabranch.event.EventType;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.vectors.VectorsModel;
import dev.anabranch.view.Knowledge;
import dev.anabranch.view.View;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.avro.specific.SpecificRecord;

/**
 * How a use case that puts things in order writes its answers down, and makes them again. What it reads hangs on what it has
 * read so far, so the readings of an answer are written down one by one.
 *
 * <p>Pure: the same knowledge and models make the same answer, so one that was given can be given again years later. Travels
 * to executors.
 *
 * @param <E> the event that an answer is written down as
 */
public interface Ranking<E extends SpecificRecord> extends Serializable {
    /** The answers. Their event time is the moment they are as of. */
    EventType<E> answers();

    /** The field of an answer that has its name. */
    String nameField();

    /** The field of an answer that has the moment it was made. */
    String madeField();

    /** The field of an answer that has what was read for it. */
    String readingsField();

    /** The names of the features that things are put in order by. */
    List<String> featureNames();

    /** So many of the first things of an answer are watched: those that are looked at, however many were asked for. */
    int usuallyShown();

    /** The views that may be read. */
    List<View<?>> views();

    RankedAnswer read(E answer);

    /**
     * The same answer again, as it is without filters and rescorers that are not known here.
     *
     * @param knowledge what was known then
     * @param ranker    the model that ranked; empty for a rule
     * @param vectors   the vectors that took part; empty when none did
     * @return of an answer that was {@link RankedAnswer#rescored}, everything that came into consideration, the best first
     */
    CompletionStage<List<Ranked>> again(
            E answer, Knowledge knowledge, Optional<LoadedModel> ranker, Optional<VectorsModel> vectors);
}
