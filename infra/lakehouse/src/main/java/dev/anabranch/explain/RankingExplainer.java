package dev.anabranch.explain;

import dev.anabranch.explain.RankedExplanation.Item;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.UnusableModelException;
import dev.anabranch.ranking.Ranked;
import dev.anabranch.ranking.RankedAnswer;
import dev.anabranch.ranking.Ranking;
import dev.anabranch.vectors.VectorsModel;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Knowledge;
import dev.anabranch.view.Known;
import dev.anabranch.view.Reading;
import dev.anabranch.view.Readings;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.avro.specific.SpecificRecord;

/** Makes answers that put things in order again, from the archive. Not thread safe. */
final class RankingExplainer {
    private final GenerationCuts cuts;
    private final ArchivedHistory history;
    private final RegisteredModels models;

    RankingExplainer(GenerationCuts cuts, ArchivedHistory history, RegisteredModels models) {
        this.cuts = cuts;
        this.history = history;
        this.models = models;
    }

    /** An entity of a view. */
    private record Entity(String view, String entity) {}

    /** Something was asked for that the answer was not made of. */
    private static final class NotReadException extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotReadException(String message) {
            super(message);
        }
    }

    /** What an answer knew of each entity that it was made of; or why that cannot be told. */
    private record Then(Map<Entity, Known> known, String failure) {}

    /**
     * In the order of the answers: the archive is read once for all of them.
     *
     * @param useCase whose they are
     */
    <E extends SpecificRecord> List<RankedExplanation> explain(String useCase, Ranking<E> ranking, List<E> answers) {
        boolean once = answers.size() == 1;
        Map<String, RememberedEntities<?>> remembered = new LinkedHashMap<>();
        ranking.views().forEach(view -> remembered.put(view.name(), new RememberedEntities<>(view, once)));
        List<RankedAnswer> read = answers.stream().map(ranking::read).toList();
        List<Then> then = read.stream().map(answer -> then(answer, remembered)).toList();
        history.tell(remembered.values());
        List<RankedExplanation> explanations = new ArrayList<>(answers.size());
        for (int i = 0; i < answers.size(); i++) {
            explanations.add(explanation(useCase, ranking, answers.get(i), read.get(i), then.get(i), remembered));
        }
        return explanations;
    }

    private Then then(RankedAnswer answer, Map<String, RememberedEntities<?>> remembered) {
        Map<Entity, Known> known = new HashMap<>();
        for (Readings.Entry reading : answer.readings()) {
            RememberedEntities<?> entities = remembered.get(reading.view());
            if (entities == null) {
                return new Then(
                        Map.of(),
                        "It was made of " + reading.view() + ", and is made of the views " + remembered.keySet()
                                + " now");
            }
            Optional<Cut> cut = cuts.find(reading.view(), reading.generation());
            if (cut.isEmpty()) {
                return new Then(
                        Map.of(),
                        "Generation " + reading.generation() + " of " + reading.view()
                                + ", which it was made of, is not among the recorded generations");
            }
            Cut asOf = Reading.asOf(cut.get(), reading.last());
            entities.want(reading.entity(), asOf, answer.atMillis());
            known.put(new Entity(reading.view(), reading.entity()), Known.upTo(asOf));
        }
        return new Then(known, null);
    }

    private static Knowledge knowledge(Map<Entity, Known> known, Map<String, RememberedEntities<?>> remembered) {
        return new Knowledge() {
            @Override
            @SuppressWarnings("unchecked") // a name is that of one view
            public <A> CompletionStage<Map<String, WindowValues<A>>> read(
                    View<A> view, Collection<String> entities, long atMillis) {
                RememberedEntities<A> of = (RememberedEntities<A>) remembered.get(view.name());
                Map<String, WindowValues<A>> values = new LinkedHashMap<>(); // asked in the order in which it was then
                for (String entity : entities) {
                    Known then = known.get(new Entity(view.name(), entity));
                    if (then == null) {
                        throw new NotReadException(
                                "It would look at '" + entity + "' of " + view + ", and did not then");
                    }
                    values.put(entity, of.values(entity, then, atMillis));
                }
                return CompletableFuture.completedFuture(values);
            }
        };
    }

    private <E extends SpecificRecord> RankedExplanation explanation(
            String useCase,
            Ranking<E> ranking,
            E answer,
            RankedAnswer logged,
            Then then,
            Map<String, RememberedEntities<?>> remembered) {
        List<String> differences = new ArrayList<>();
        RegisteredModels.Scoring scoring = logged.ranker().map(models::of).orElse(null);
        List<Ranked> again = null;
        if (then.failure() == null) {
            again = again(ranking, answer, logged, knowledge(then.known(), remembered), scoring, differences);
        } else {
            differences.add(then.failure());
        }
        RankedComparison comparison = new RankedComparison(ranking.featureNames(), logged, again, scoring, differences);
        List<Item> items = comparison.items();
        Optional<Contributions> parts = comparison.contributions();
        return new RankedExplanation(
                logged.answerId(),
                useCase,
                logged.atMillis(),
                logged.question(),
                differences.isEmpty(),
                List.copyOf(differences),
                logged.exact(),
                logged.rescored(),
                logged.by(),
                logged.ranker().orElse(null),
                logged.vectors().orElse(null),
                parts.map(Contributions::of).orElse(null),
                parts.map(Contributions::method).orElse(null),
                parts.isPresent() ? null : comparison.notTakenApart(),
                items,
                read(logged));
    }

    /** Null when it cannot be; then it is among the differences why. */
    private <E extends SpecificRecord> List<Ranked> again(
            Ranking<E> ranking,
            E answer,
            RankedAnswer logged,
            Knowledge knowledge,
            RegisteredModels.Scoring scoring,
            List<String> differences) {
        if (scoring != null && scoring.model() == null) {
            differences.add("The scores cannot be made again: " + scoring.notLoaded());
            return null;
        }
        Optional<LoadedModel> ranker = Optional.ofNullable(scoring).map(RegisteredModels.Scoring::model);
        if (ranker.isPresent() && !ranker.get().version().getFeatures().equals(ranking.featureNames())) {
            differences.add("The features of today are " + ranking.featureNames() + ", and were "
                    + ranker.get().version().getFeatures());
            return null;
        }
        try {
            Optional<VectorsModel> vectors = logged.vectors().isPresent()
                    ? Optional.of(models.vectors(logged.vectors().get()))
                    : Optional.empty();
            return ranking.again(answer, knowledge, ranker, vectors)
                    .toCompletableFuture()
                    .join(); // the archive has been read
        } catch (UnusableModelException e) {
            differences.add("The vectors cannot be had again: " + e.getMessage());
        } catch (NotReadException e) {
            differences.add(e.getMessage());
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof NotReadException)) {
                throw e;
            }
            differences.add(e.getCause().getMessage());
        }
        return null;
    }

    private static List<RankedExplanation.Read> read(RankedAnswer logged) {
        Map<RankedExplanation.Read, Integer> counts = new LinkedHashMap<>();
        logged.readings()
                .forEach(reading -> counts.merge(
                        new RankedExplanation.Read(reading.view(), reading.generation(), 0), 1, Integer::sum));
        return counts.entrySet().stream()
                .map(e ->
                        new RankedExplanation.Read(e.getKey().view(), e.getKey().generation(), e.getValue()))
                .toList();
    }
}
