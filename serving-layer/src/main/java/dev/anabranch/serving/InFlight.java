package dev.anabranch.serving;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Refuses at the door, before anything is read: requests beyond the number answered at once, and bodies that are too
 * large. Health and metrics always get in.
 */
@ApplicationScoped
class InFlight {
    private static final int BEFORE_EVERYTHING = 1_000;

    private final AtomicInteger inFlight = new AtomicInteger();
    private final int most;
    private final long mostBytes;
    private final ObjectMapper json;
    private final Counter refused;

    InFlight(
            ServingConfig config,
            @ConfigProperty(name = "anabranch.serving.max-body-bytes", defaultValue = "1048576") long mostBytes,
            ObjectMapper json,
            MeterRegistry metrics) {
        this.most = config.serving().maxInFlight();
        this.mostBytes = mostBytes;
        this.json = json;
        Gauge.builder("anabranch.serving.in.flight", inFlight, AtomicInteger::get)
                .description("Requests being answered")
                .register(metrics);
        refused = Counter.builder("anabranch.serving.refused")
                .description("Requests refused because too many were being answered")
                .register(metrics);
    }

    void register(@Observes Filters filters) {
        filters.register(this::admit, BEFORE_EVERYTHING);
    }

    private void admit(RoutingContext request) {
        if (request.request().path().startsWith("/q/")) {
            request.next();
        } else if (tooLarge(request.request())) {
            request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE); // the rest is not read
            answer(request, Problem.tooLarge(mostBytes));
        } else if (inFlight.incrementAndGet() > most) {
            inFlight.decrementAndGet();
            refused.increment();
            request.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
            answer(request, Problem.overloaded(most));
        } else {
            request.addEndHandler(ended -> inFlight.decrementAndGet());
            request.next();
        }
    }

    private boolean tooLarge(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length != null && length.matches("\\d{1,18}") && Long.parseLong(length) > mostBytes;
    }

    private void answer(RoutingContext request, Problem problem) {
        try {
            request.response()
                    .setStatusCode(problem.status())
                    .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                    .end(json.writeValueAsString(problem));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A problem can be written as JSON", e);
        }
    }
}
