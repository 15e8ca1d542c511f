package dev.anabranch.serving;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anabranch.imported.ImportedModel;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Refuses at the door, before anything is read: requests beyond the number answered at once, and bodies that are too
 * large. Health and metrics always get in.
 */
@ApplicationScoped
class InFlight {
    private static final int BEFORE_EVERYTHING = 1_000;
    private static final String MODEL = "application/octet-stream";

    private final AtomicInteger inFlight = new AtomicInteger();
    private final int most;
    private final long mostBytes;
    private final ObjectMapper json;
    private final Counter refused;

    InFlight(ServingConfig config, ObjectMapper json, MeterRegistry metrics) {
        this.most = config.serving().maxInFlight();
        this.mostBytes = config.serving().maxBodyBytes();
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
            refuseAsTooLarge(request, most(request.request()));
        } else if (inFlight.incrementAndGet() > most) {
            inFlight.decrementAndGet();
            refused.increment();
            request.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
            answer(request, Problem.overloaded(most));
        } else {
            request.addEndHandler(ended -> inFlight.decrementAndGet());
            if (request.request().getHeader(HttpHeaders.TRANSFER_ENCODING) == null) {
                request.next();
            } else {
                readWhole(request);
            }
        }
    }

    /** A body that does not tell its length is read here as far as it may go, so that one too large is refused like any. */
    private void readWhole(RoutingContext request) {
        long mostBytes = most(request.request());
        Buffer body = Buffer.buffer();
        request.request().handler(part -> {
            if (request.response().ended()) {
                return; // refused already: what still comes is dropped
            }
            if (body.length() + part.length() > mostBytes) {
                refuseAsTooLarge(request, mostBytes);
            } else {
                body.appendBuffer(part);
            }
        });
        request.request().endHandler(whole -> {
            if (!request.response().ended()) {
                ((RoutingContextInternal) request).setBody(body);
                request.next();
            }
        });
        request.request().resume();
    }

    /** A model that is brought in weighs more than any question. */
    private long most(HttpServerRequest request) {
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        boolean model = type != null && type.startsWith(MODEL) && request.path().startsWith("/v1/models/");
        return model ? Math.max(mostBytes, ImportedModel.MOST_BYTES) : mostBytes;
    }

    private void refuseAsTooLarge(RoutingContext request, long mostBytes) {
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE); // the rest is not read
        answer(request, Problem.tooLarge(mostBytes));
    }

    private boolean tooLarge(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length != null && length.matches("\\d{1,18}") && Long.parseLong(length) > most(request);
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
