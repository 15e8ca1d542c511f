package dev.anabranch.explain;

import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.Topics;
import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.SnapshotCut;
import dev.anabranch.model.PredictionId;
import dev.anabranch.ranking.RankedAnswer;
import dev.anabranch.ranking.Ranking;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.usecase.UseCases;
import dev.anabranch.vectors.VectorsModel;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;

/**
 * Makes what was given again from the archive, found by its name: scores, and answers that put things in order. Not thread
 * safe; keeps loaded models until it is closed.
 */
public final class Explainer implements AutoCloseable {
    private final Lakehouse lakehouse;
    private final RegisteredModels models;
    private final PredictionExplainer predictions;
    private final RankingExplainer rankings;
    private final Map<String, Kept<?>> kept = new HashMap<>();

    public Explainer(Lakehouse lakehouse) {
        this(lakehouse, version -> Optional.empty());
    }

    /** @param inUse vectors that somebody in this process has anyhow: they need not be loaded again */
    public Explainer(Lakehouse lakehouse, Function<RankedAnswer.Version, Optional<VectorsModel>> inUse) {
        this.lakehouse = lakehouse;
        this.models = new RegisteredModels(lakehouse, inUse);
        GenerationCuts cuts = new GenerationCuts(lakehouse);
        ArchivedHistory history = new ArchivedHistory(lakehouse);
        this.predictions = new PredictionExplainer(cuts, history, models);
        this.rankings = new RankingExplainer(cuts, history, models);
    }

    /**
     * What a use case gives, as it is archived.
     *
     * @param topic the log of it
     * @param knew  the last events that one was made of; empty when that was not written down
     * @param again makes it again, in its order
     */
    private record Kept<E extends SpecificRecord>(
            String topic, PredictionArchive<E> archive, Function<E, Optional<List<Position>>> knew, Again<E> again) {}

    private interface Again<E> {
        List<? extends Remade> explain(List<E> given, int mostEvents);
    }

    /**
     * Some that were asked for.
     *
     * @param remade     those that can be made again, in their order
     * @param ahead      how many besides are such that the archive does not hold all of that they were made of
     * @param unrecorded how many besides were logged by a release that did not write down what was read
     */
    public record Several(List<? extends Remade> remade, int ahead, int unrecorded) {}

    /** The use cases that give what can be made again. */
    public static List<String> useCases() {
        return UseCases.all().stream()
                .filter(useCase ->
                        useCase.question().isPresent() || useCase.ranking().isPresent())
                .map(UseCase::name)
                .toList();
    }

    private Kept<?> kept(String useCase) {
        return kept.computeIfAbsent(useCase, name -> {
            UseCase of = UseCases.named(name)
                    .filter(one -> useCases().contains(one.name()))
                    .orElseThrow(() -> new IllegalArgumentException(
                            "The use case must be one of " + useCases() + ", got '" + name + "'"));
            return of.question().isPresent()
                    ? new Kept<Prediction>(
                            Topics.predictions(name),
                            PredictionArchive.ofPredictions(lakehouse, name),
                            Explainer::knew,
                            predictions::explain)
                    : ranked(name, of.ranking().orElseThrow());
        });
    }

    private <E extends SpecificRecord> Kept<E> ranked(String useCase, Ranking<E> ranking) {
        return new Kept<>(
                ranking.answers().topic(),
                PredictionArchive.ofAnswers(lakehouse, useCase, ranking),
                answer -> knew(ranking.read(answer)),
                (answers, mostEvents) -> rankings.explain(useCase, ranking, answers));
    }

    private static Optional<List<Position>> knew(Prediction prediction) {
        return Optional.of(prediction.getReadings().stream()
                .flatMap(reading -> Cuts.readOffsets(reading.getLast()).entrySet().stream())
                .map(last -> new Position(last.getKey(), last.getValue()))
                .toList());
    }

    /** Whatever an answer was made of, it has read something. */
    private static Optional<List<Position>> knew(RankedAnswer answer) {
        return answer.readings().isEmpty()
                ? Optional.empty()
                : Optional.of(answer.readings().stream()
                        .flatMap(reading -> reading.last().entrySet().stream())
                        .map(last -> new Position(last.getKey(), last.getValue()))
                        .toList());
    }

    /** How far the topics that something was made of are archived, as of now; all of one that no use case has today. */
    private final class Extent {
        private final List<EventType<?>> types;
        private final Map<String, Cut> cuts = new HashMap<>();

        Extent(String useCase) {
            types = UseCases.named(useCase).orElseThrow().events();
        }

        Optional<Position> missing(List<Position> knew) {
            return knew.stream()
                    .filter(position -> types.stream()
                                    .anyMatch(type -> type.topic()
                                            .equals(position.origin().topic()))
                            && !cut(position.origin().topic()).includes(position))
                    .findFirst();
        }

        Cut cut(String topic) {
            return cuts.computeIfAbsent(
                    topic,
                    name -> types.stream()
                            .filter(type -> type.topic().equals(name))
                            .findFirst()
                            .flatMap(type -> lakehouse.find(EventTables.identifier(type)))
                            .map(SnapshotCut::of)
                            .orElse(Cut.NOTHING));
        }
    }

    /**
     * Makes what has this name again.
     *
     * @param nowMillis  when it is asked
     * @param mostEvents how many of the events behind a score's view are named; the others are counted
     * @throws IllegalArgumentException when a score is of a view or a generation that the archive does not know
     */
    public Found explain(String name, long nowMillis, int mostEvents) {
        Optional<PredictionId> id = PredictionId.parse(name);
        if (id.isEmpty()) {
            return new Found.Never("A prediction is named <use case>-<stream or rest>-<epoch millis>-<rest>, and '"
                    + name + "' is not; none like it was ever made");
        }
        String useCase = id.get().useCase();
        if (!useCases().contains(useCase)) {
            return new Found.Never("There is no use case '" + useCase + "'; no prediction of it was ever made");
        }
        return find(kept(useCase), id.get(), nowMillis, mostEvents);
    }

    private <E extends SpecificRecord> Found find(Kept<E> kept, PredictionId id, long nowMillis, int mostEvents) {
        Optional<E> found = kept.archive().find(id);
        if (found.isEmpty()) {
            return kept.archive().missing(id, nowMillis);
        }
        Optional<List<Position>> knew = kept.knew().apply(found.get());
        if (knew.isEmpty()) {
            return new Found.Unrecorded("Prediction " + id
                    + " was logged by a release that did not write down what was read, and cannot be made again");
        }
        Extent archived = new Extent(id.useCase());
        return archived.missing(knew.get())
                .<Found>map(
                        position -> new Found.Ahead("Prediction " + id + " was made of events that are not archived: "
                                + position + ", and the archive goes up to "
                                + archived.cut(position.origin().topic()).before(position.origin())))
                .orElseGet(() -> new Found.Archived(
                        kept.again().explain(List.of(found.get()), mostEvents).get(0)));
    }

    /**
     * Makes several of a use case again, in their order: the archive is read once for all of them.
     *
     * @throws IllegalArgumentException when one of them is not there
     */
    public Several explain(String useCase, List<String> names, int mostEvents) {
        return explain(kept(useCase), useCase, names, mostEvents);
    }

    private <E extends SpecificRecord> Several explain(
            Kept<E> kept, String useCase, List<String> names, int mostEvents) {
        Extent archived = new Extent(useCase);
        List<E> ready = new ArrayList<>();
        int ahead = 0;
        int unrecorded = 0;
        for (E each : kept.archive().all(names)) {
            Optional<List<Position>> knew = kept.knew().apply(each);
            if (knew.isEmpty()) {
                unrecorded++;
            } else if (archived.missing(knew.get()).isPresent()) {
                ahead++;
            } else {
                ready.add(each);
            }
        }
        return new Several(kept.again().explain(ready, mostEvents), ahead, unrecorded);
    }

    /** How many of a use case are archived. */
    public long count(String useCase) {
        return kept(useCase).archive().count();
    }

    /** Names of some of a use case, of all when there are fewer: the same for the same archive and seed. */
    public List<String> sample(String useCase, int count, long seed) {
        return kept(useCase).archive().sample(count, seed);
    }

    /** The topic that what a use case gives is logged in. */
    public String topic(String useCase) {
        return kept(useCase).topic();
    }

    /** How far the archive has got in that. */
    public Cut cut(String useCase) {
        return kept(useCase).archive().cut();
    }

    @Override
    public void close() {
        models.close();
    }
}
