package dev.anabranch.serving;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.quality.Calibration;
import dev.anabranch.quality.OutcomeSums;
import dev.anabranch.quality.Outcomes;
import dev.anabranch.quality.ScoreHistogram;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.usecase.UseCases;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * What the scores of each version have meant, by the labels of the longest window of live quality. Nobody waits for it: an answer
 * has what was known a moment ago, and asks for what is known now where that is old.
 */
@ApplicationScoped
public class Calibrations {
    private static final Logger log = Logger.getLogger(Calibrations.class);

    private final Views views;
    private final ServingConfig config;
    private final Clock clock;
    private final Map<Version, Known> known = new ConcurrentHashMap<>();

    Calibrations(Views views, ServingConfig config, Clock clock) {
        this.views = views;
        this.config = config;
        this.clock = clock;
    }

    private record Version(String model, long number) {}

    /** @param askedMillis when it was asked for last */
    private record Known(long askedMillis, Optional<Calibration> calibration) {}

    /** The probability that a score of a version stands for; empty while too few of its predictions have met their labels. */
    public Optional<Double> calibrated(ModelVersion version, double score) {
        if (!(score >= 0 && score <= 1)) {
            return Optional.empty(); // what is no probability stands for none
        }
        Optional<View<OutcomeSums>> view = UseCases.named(version.getName()).flatMap(UseCase::outcomes);
        return view.flatMap(outcomes -> of(outcomes, new Version(version.getName(), version.getVersion())))
                .map(calibration -> calibration.of(score));
    }

    private Optional<Calibration> of(View<OutcomeSums> view, Version version) {
        long now = clock.millis();
        Known then = known.get(version);
        if (then == null
                || now - then.askedMillis() > config.serving().calibrateEvery().toMillis()) {
            Known asking = new Known(now, then == null ? Optional.empty() : then.calibration());
            boolean first =
                    then == null ? known.putIfAbsent(version, asking) == null : known.replace(version, then, asking);
            if (first) { // of those who see that it is old, one asks
                ask(view, version, now);
            }
        }
        return then == null ? Optional.empty() : then.calibration();
    }

    private void ask(View<OutcomeSums> view, Version version, long nowMillis) {
        String entity = Outcomes.judged(version.model(), version.number());
        Uni.createFrom()
                .deferred(() -> views.ask(view, entity, view.endOfTile(nowMillis)))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .map(answer ->
                        answer.reading().exact() ? longest(answer.reading().merged()) : ScoreHistogram.MONOID.empty())
                .subscribe()
                .with(
                        histogram -> known.put(
                                version,
                                new Known(
                                        nowMillis,
                                        Calibration.of(
                                                histogram, config.serving().calibrationLeast()))),
                        failure -> log.debugf(
                                "What scores of %s version %d mean cannot be asked now: %s",
                                version.model(), version.number(), failure.getMessage()));
    }

    private static ScoreHistogram longest(WindowValues<OutcomeSums> windows) {
        return windows.get(windows.view().windows().size() - 1).scores();
    }
}
