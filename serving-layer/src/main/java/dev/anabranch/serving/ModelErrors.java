package dev.anabranch.serving;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anabranch.quality.ErrorSums;
import dev.anabranch.quality.OutcomeSums;
import dev.anabranch.quality.Outcomes;
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
import java.util.OptionalDouble;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How far off the amounts have been that versions of a model expected: figures read off the merged view of their outcomes. */
@ApplicationScoped
class ModelErrors {
    private final Views views;
    private final Clock clock;

    ModelErrors(Views views, Clock clock) {
        this.views = views;
        this.clock = clock;
    }

    /**
     * One version.
     *
     * @param seen       whether it is known of any prediction what came true, in the windows or before them
     * @param windows    each window by when it became known what came true
     * @param provenance how it is known
     */
    @Schema(
            name = "VersionErrors",
            description = "How far off the amounts have been that a version of a model expected")
    public record OfVersion(
            String name, long version, long atMillis, boolean seen, List<InWindow> windows, Provenance provenance) {}

    /**
     * One window, in the unit of the use case. What cannot be said is absent: all of it, when the answer is not exact and
     * lacks what a correction takes back.
     *
     * @param window               its label
     * @param fromMillis           the first millisecond inside
     * @param toMillis             the first millisecond that is no longer inside
     * @param amounts              how many it is known of what came true
     * @param expected             what the model expected of all of them
     * @param actual               what came true
     * @param bias                 expected less actual, of an amount on average
     * @param relativeBias         the same as a share of what came true
     * @param meanAbsoluteError    how far off an amount was, either way
     * @param rootMeanSquaredError the root of the mean of the squares of that
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "WindowErrors")
    public record InWindow(
            String window,
            long fromMillis,
            long toMillis,
            Long amounts,
            Double expected,
            Double actual,
            Double bias,
            Double relativeBias,
            Double meanAbsoluteError,
            Double rootMeanSquaredError) {}

    /**
     * Asks the view.
     *
     * @throws Missing when what this model says stands for no amount
     */
    Uni<OfVersion> of(String model, long version, long atMillis) {
        View<OutcomeSums> view = view(model);
        return views.ask(view, Outcomes.judged(model, version), view.endOfTile(atMillis))
                .map(answer -> of(model, version, atMillis, answer));
    }

    /** @throws Missing when what this model says stands for no amount */
    static View<OutcomeSums> view(String model) {
        return UseCases.named(model)
                .filter(ModelErrors::expectsAmounts)
                .flatMap(UseCase::outcomes)
                .orElseThrow(() -> new Missing("Predictions of " + model + " expect no amounts; those of "
                        + UseCases.all().stream()
                                .filter(ModelErrors::expectsAmounts)
                                .map(UseCase::name)
                                .toList()
                        + " do"));
    }

    private static boolean expectsAmounts(UseCase useCase) {
        return useCase.outcomes().isPresent()
                && useCase.question().filter(asked -> asked.stake().isPresent()).isPresent();
    }

    private OfVersion of(String model, long version, long atMillis, Answer<OutcomeSums> answer) {
        WindowValues<OutcomeSums> merged = answer.reading().merged();
        List<InWindow> windows = new ArrayList<>();
        for (int i = 0; i < merged.view().windows().size(); i++) {
            windows.add(inWindow(
                    merged.view().windows().get(i),
                    merged.atMillis(),
                    merged.get(i).amounts()));
        }
        return new OfVersion(model, version, atMillis, answer.seen(), windows, Provenance.of(answer, clock.millis()));
    }

    private static InWindow inWindow(Window window, long atMillis, ErrorSums sums) {
        long from = window.fromMillis(atMillis);
        long to = window.toMillis(atMillis);
        if (!sums.whole()) {
            return new InWindow(window.label(), from, to, null, null, null, null, null, null, null);
        }
        return new InWindow(
                window.label(),
                from,
                to,
                sums.amounts(),
                sums.expected(),
                sums.actual(),
                orNull(sums.bias()),
                orNull(sums.relativeBias()),
                orNull(sums.meanAbsoluteError()),
                orNull(sums.rootMeanSquaredError()));
    }

    private static Double orNull(OptionalDouble figure) {
        return figure.isPresent() ? figure.getAsDouble() : null;
    }
}
