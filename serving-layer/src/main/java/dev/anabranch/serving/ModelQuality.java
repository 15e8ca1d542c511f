package dev.anabranch.serving;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anabranch.quality.OutcomeSums;
import dev.anabranch.quality.Outcomes;
import dev.anabranch.quality.Quality;
import dev.anabranch.quality.Quality.Figure;
import dev.anabranch.quality.ScoreHistogram;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.usecase.UseCases;
import dev.anabranch.view.View;
import dev.anabranch.view.Window;
import dev.anabranch.view.WindowValues;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How good the versions of a model have shown themselves: figures read off the merged view of their outcomes. */
@ApplicationScoped
class ModelQuality {
    private final Views views;
    private final Clock clock;

    ModelQuality(Views views, Clock clock) {
        this.views = views;
        this.clock = clock;
    }

    /**
     * One version.
     *
     * @param seen       whether any prediction of it has met its label, in the windows or before them
     * @param windows    each window by when it became known what came true
     * @param provenance how it is known
     */
    @Schema(name = "VersionQuality", description = "How good a version of a model has shown itself")
    public record OfVersion(
            String name,
            long version,
            long atMillis,
            long k,
            boolean seen,
            List<InWindow> windows,
            Provenance provenance) {}

    /**
     * One window. What cannot be said is absent: an area under the curve without a positive, say; all of it, when the
     * answer is not exact and lacks what a correction takes back.
     *
     * @param window           its label
     * @param fromMillis       the first millisecond inside
     * @param toMillis         the first millisecond that is no longer inside
     * @param predictions      how many have met their label
     * @param positives        how many of them warned of what came true
     * @param meanScore        what the model said on average
     * @param positiveRate     what came true on average
     * @param precisionAtK     the share of positives among the {@code k} with the highest scores; absent when there are fewer
     * @param calibrationError over ten bins of equal width
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "WindowQuality")
    public record InWindow(
            String window,
            long fromMillis,
            long toMillis,
            Long predictions,
            Long positives,
            Double meanScore,
            Double positiveRate,
            Figure auc,
            Figure averagePrecision,
            Figure precisionAtK,
            Double logLoss,
            Double brier,
            Double calibrationError) {}

    /**
     * Asks the view.
     *
     * @param k of precision at k, 1 or more
     * @throws Missing when nobody finds out what came true of this model's predictions
     */
    Uni<OfVersion> of(String model, long version, long k, long atMillis) {
        View<OutcomeSums> view = view(model);
        return views.ask(view, Outcomes.judged(model, version), view.endOfTile(atMillis))
                .map(answer -> of(model, version, k, atMillis, answer));
    }

    /** @throws Missing when nobody finds out what came true of this model's predictions */
    static View<OutcomeSums> view(String model) {
        return UseCases.named(model)
                .flatMap(UseCase::outcomes)
                .orElseThrow(() -> new Missing("Predictions of " + model + " do not meet labels; those of "
                        + UseCases.all().stream()
                                .filter(useCase -> useCase.outcomes().isPresent())
                                .map(UseCase::name)
                                .toList()
                        + " do"));
    }

    private OfVersion of(String model, long version, long k, long atMillis, Answer<OutcomeSums> answer) {
        WindowValues<OutcomeSums> merged = answer.reading().merged();
        List<InWindow> windows = new ArrayList<>();
        for (int i = 0; i < merged.view().windows().size(); i++) {
            windows.add(inWindow(
                    merged.view().windows().get(i),
                    merged.atMillis(),
                    merged.get(i).scores(),
                    k));
        }
        return new OfVersion(
                model, version, atMillis, k, answer.seen(), windows, Provenance.of(answer, clock.millis()));
    }

    private static InWindow inWindow(Window window, long atMillis, ScoreHistogram histogram, long k) {
        long from = window.fromMillis(atMillis);
        long to = window.toMillis(atMillis);
        if (!histogram.whole()) {
            return new InWindow(window.label(), from, to, null, null, null, null, null, null, null, null, null, null);
        }
        Quality quality = Quality.of(histogram);
        return new InWindow(
                window.label(),
                from,
                to,
                quality.predictions(),
                quality.positives(),
                orNull(quality.meanScore()),
                quality.predictions() == 0 ? null : (double) quality.positives() / quality.predictions(),
                orNull(quality.auc()),
                orNull(quality.averagePrecision()),
                orNull(quality.precisionAt(k)),
                orNull(quality.logLoss()),
                orNull(quality.brier()),
                orNull(quality.calibrationError()));
    }

    private static Double orNull(OptionalDouble figure) {
        return figure.isPresent() ? figure.getAsDouble() : null;
    }

    private static Figure orNull(Optional<Figure> figure) {
        return figure.orElse(null);
    }
}
