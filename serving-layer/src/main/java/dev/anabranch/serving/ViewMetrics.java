package dev.anabranch.serving;

import dev.anabranch.contract.Topics;
import dev.anabranch.usecase.UseCases;
import dev.anabranch.view.View;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** How each view is, for whoever watches: what {@code /v1/status} says, as metrics. What is not known is NaN. */
@ApplicationScoped
class ViewMetrics {
    private final StatusResource status;
    private final ViewFollower follower;
    private final MeterRegistry metrics;

    ViewMetrics(StatusResource status, ViewFollower follower, MeterRegistry metrics) {
        this.status = status;
        this.follower = follower;
        this.metrics = metrics;
    }

    void begin(@Observes StartupEvent event) {
        for (View<?> view : UseCases.views()) {
            gauge(view, "generation", "The latest complete generation of the batch view", Status.OfView::generation);
            seconds(view, "cut.age", "How long ago the generation's cut was made", Status.OfView::cutAgeMs);
            seconds(
                    view,
                    "sign.of.life.age",
                    "The age of the speed layer's latest sign of life, where it is oldest",
                    Status.OfView::speedSignOfLifeAgeMs);
            gauge(
                    view,
                    "lag.records",
                    "Records of its topics that are committed and not yet seen by queries",
                    of -> of.lag() == null ? Double.NaN : of.lag());
            gauge(
                    view,
                    "partitions.complete",
                    "Partitions kept here and answered from",
                    of -> of.partitionsComplete().size());
            gauge(
                    view,
                    "partitions.reading",
                    "Partitions kept here and still being read",
                    of -> of.partitionsReading().size());
            records(view, "cells", "Cells of the speed view in memory here", Topics.speedView(view.name()));
            records(view, "rows", "Rows of the batch view in memory here", Topics.batchView(view.name()));
        }
    }

    private void seconds(View<?> view, String name, String what, Function<Status.OfView, Long> millis) {
        gauge(view, name + ".seconds", what, of -> {
            Long known = millis.apply(of);
            return known == null ? Double.NaN : known / 1e3;
        });
    }

    private void records(View<?> view, String name, String what, String topic) {
        gauge(view, name, what, of -> follower.records(topic));
    }

    private void gauge(View<?> view, String name, String what, ToDoubleFunction<Status.OfView> value) {
        Gauge.builder("anabranch.serving.view." + name, this, self -> value.applyAsDouble(self.status.ofView(view)))
                .description(what)
                .tag("view", view.name())
                .strongReference(true)
                .register(metrics);
    }
}
