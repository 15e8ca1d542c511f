package dev.anabranch.serving;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What went wrong, as RFC 9457 writes it.
 *
 * @param type       names the kind of problem
 * @param title      the kind, in words
 * @param status     the HTTP status
 * @param detail     what happened this time
 * @param violations the rules that were broken
 * @param known      the names that would have been found
 * @param errorId    finds the failure in the log
 */
@Schema(description = "A problem document (RFC 9457)")
@JsonInclude(JsonInclude.Include.NON_NULL)
@RegisterForReflection
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        List<Violation> violations,
        List<String> known,
        String errorId) {
    public static final String MEDIA_TYPE = "application/problem+json";

    /**
     * A rule that was broken.
     *
     * @param field the field, by its path in the request
     * @param rule  what it must be
     * @param value what it was
     */
    public record Violation(String field, String rule, String value) {}

    /** Problems that have no type of their own: the status says it all. */
    static Problem of(int status, String title, String detail) {
        return new Problem("about:blank", title, status, detail, null, null, null);
    }

    static Problem typed(String type, int status, String title, String detail) {
        return new Problem("urn:anabranch:problem:" + type, title, status, detail, null, null, null);
    }

    Problem withViolations(List<Violation> violations) {
        return new Problem(type, title, status, detail, violations, known, errorId);
    }

    Problem withKnown(List<String> known) {
        return new Problem(type, title, status, detail, violations, known, errorId);
    }

    Problem withErrorId(String errorId) {
        return new Problem(type, title, status, detail, violations, known, errorId);
    }

    static Problem refused(List<Violation> violations) {
        Violation first = violations.get(0);
        String more = violations.size() == 1 ? "" : " (and " + (violations.size() - 1) + " more)";
        return typed(
                        "invalid-request",
                        400,
                        "The request breaks a rule",
                        first.field + " " + first.rule + ", got " + first.value + more)
                .withViolations(violations);
    }

    static Problem malformed(String detail) {
        return typed("malformed-json", 400, "The body is not JSON", detail);
    }

    static Problem unavailable(String detail) {
        return typed("unavailable", 503, "Not available now", detail);
    }

    static Problem overloaded(int maxInFlight) {
        return typed(
                "overloaded",
                503,
                "Too many requests at once",
                "At most " + maxInFlight + " requests are answered at once; try again");
    }

    static Problem tooLarge(long mostBytes) {
        return typed("too-large", 413, "The body is too large", "A body may have " + mostBytes + " bytes at most");
    }

    Response response() {
        return Response.status(status).type(MEDIA_TYPE).entity(this).build();
    }

    Response response(Duration retryAfter) {
        return Response.status(status)
                .type(MEDIA_TYPE)
                .header(HttpHeaders.RETRY_AFTER, Math.max(1, retryAfter.toSeconds()))
                .entity(this)
                .build();
    }
}
