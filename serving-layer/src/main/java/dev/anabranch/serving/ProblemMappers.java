package dev.anabranch.serving;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Every failure as a problem document: the one place where a failure gets its status. */
class ProblemMappers {
    private static final Logger log = Logger.getLogger(ProblemMappers.class);

    @ServerExceptionMapper
    Response refused(Refused refused) {
        return Problem.refused(refused.violations().stream()
                        .map(v -> new Problem.Violation(v.field(), v.must(), v.value()))
                        .toList())
                .response();
    }

    @ServerExceptionMapper
    Response unknown(Unknown unknown) {
        return Problem.typed("unknown-name", 404, "Not found", unknown.getMessage())
                .withKnown(unknown.known())
                .response();
    }

    @ServerExceptionMapper
    Response missing(Missing missing) {
        return Problem.of(404, "Not found", missing.getMessage()).response();
    }

    @ServerExceptionMapper
    Response conflict(Conflict conflict) {
        return Problem.typed("conflict", 409, "Not as things are", conflict.getMessage())
                .response();
    }

    @ServerExceptionMapper
    Response unavailable(Unavailable unavailable) {
        return Problem.unavailable(unavailable.getMessage()).response(unavailable.retryAfter());
    }

    @ServerExceptionMapper
    Response invalid(ConstraintViolationException invalid) {
        return Problem.refused(invalid.getConstraintViolations().stream()
                        .map(ProblemMappers::violation)
                        .sorted((a, b) -> a.field().compareTo(b.field()))
                        .toList())
                .response();
    }

    @ServerExceptionMapper
    Response unreadable(JsonProcessingException unreadable) {
        return json(unreadable).response();
    }

    /** Named, because Quarkus has a mapper of its own for it, which tells less. */
    @ServerExceptionMapper
    Response mismatched(MismatchedInputException mismatched) {
        return json(mismatched).response();
    }

    @ServerExceptionMapper
    Response http(WebApplicationException failure, @Context UriInfo uri, @Context HttpHeaders headers) {
        if (failure.getCause() instanceof JsonProcessingException unreadable) {
            return json(unreadable).response();
        }
        int status = failure.getResponse().getStatus();
        if (status >= 500) {
            return unexpected(failure);
        }
        Response.StatusType known = Response.Status.fromStatusCode(status);
        Response described = Problem.of(
                        status, known == null ? "Refused" : known.getReasonPhrase(), detail(status, uri, headers))
                .response();
        Response.ResponseBuilder answer = Response.fromResponse(described);
        if (failure.getResponse().getHeaderString(HttpHeaders.ALLOW) != null) {
            answer.header(HttpHeaders.ALLOW, failure.getResponse().getHeaderString(HttpHeaders.ALLOW));
        }
        return answer.build();
    }

    @ServerExceptionMapper
    Response failed(CompletionException failure) {
        Throwable cause = failure.getCause();
        return cause instanceof Unavailable unavailable ? unavailable(unavailable) : unexpected(cause);
    }

    @ServerExceptionMapper
    Response unexpected(Throwable failure) {
        String errorId = UUID.randomUUID().toString();
        log.errorf(failure, "A request failed, error id %s", errorId);
        return Problem.typed(
                        "internal", 500, "Internal error", "The request failed; the log says more under this errorId")
                .withErrorId(errorId)
                .response();
    }

    private static String detail(int status, UriInfo uri, HttpHeaders headers) {
        return switch (status) {
            case 404 -> "There is nothing at " + uri.getPath();
            case 405 -> uri.getPath() + " does not take this method";
            case 406 ->
                uri.getPath() + " answers with application/json, not with "
                        + headers.getHeaderString(HttpHeaders.ACCEPT);
            case 415 ->
                uri.getPath() + " takes application/json, got " + headers.getHeaderString(HttpHeaders.CONTENT_TYPE);
            default -> "The request to " + uri.getPath() + " cannot be answered";
        };
    }

    private static Problem.Violation violation(ConstraintViolation<?> broken) {
        StringBuilder field = new StringBuilder();
        int depth = 0;
        for (var node : broken.getPropertyPath()) {
            if (depth == 0) {
                depth++; // the method
                continue;
            }
            boolean argument = depth == 1;
            if (node.isInIterable() && node.getIndex() != null) {
                field.append('[').append(node.getIndex()).append(']');
            }
            if (!argument && node.getName() != null && !node.getName().startsWith("<")) {
                field.append(field.isEmpty() ? "" : ".").append(node.getName());
            }
            depth++;
        }
        return new Problem.Violation(
                field.isEmpty() ? "body" : field.toString(), broken.getMessage(), spell(broken.getInvalidValue()));
    }

    private static String spell(Object value) {
        if (value == null) {
            return "nothing";
        }
        if (value instanceof List<?> list) {
            return list.size() + " of them";
        }
        String text = String.valueOf(value);
        return text.length() <= 100 ? text : text.substring(0, 100) + "...";
    }

    static Problem json(JsonProcessingException unreadable) {
        if (unreadable instanceof UnrecognizedPropertyException unknown) {
            return refused(
                    path(unknown), "is not known; known are " + unknown.getKnownPropertyIds(), "the field itself");
        }
        if (unreadable instanceof InvalidFormatException invalid) {
            return refused(path(invalid), "must be " + kind(invalid.getTargetType()), spell(invalid.getValue()));
        }
        if (unreadable instanceof MismatchedInputException mismatched) {
            return refused(path(mismatched), "must be " + kind(mismatched.getTargetType()), given(mismatched));
        }
        if (unreadable instanceof JsonMappingException mapping
                && mapping.getCause() instanceof InputCoercionException coercion) {
            return refused(path(mapping), "must be " + kind(coercion.getTargetType()), given(coercion));
        }
        if (unreadable instanceof InputCoercionException coercion) {
            return refused(path(coercion), "must be " + kind(coercion.getTargetType()), given(coercion));
        }
        JsonLocation where = unreadable.getLocation();
        String at = where == null ? "" : " at line " + where.getLineNr() + ", column " + where.getColumnNr();
        return Problem.malformed("The body must be JSON, and is not" + at + ": " + plain(unreadable));
    }

    private static Problem refused(String field, String must, String value) {
        return Problem.refused(List.of(new Problem.Violation(field, must, value)));
    }

    private static String path(JsonMappingException failure) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : failure.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return path.isEmpty() ? "body" : path.toString();
    }

    /** Where the parser stood: a number that does not fit its field is refused before the field is known to the mapper. */
    private static String path(InputCoercionException failure) {
        StringBuilder path = new StringBuilder();
        for (JsonStreamContext step = failure.getProcessor().getParsingContext();
                step != null && !step.inRoot();
                step = step.getParent()) {
            boolean last = path.isEmpty() || path.charAt(0) == '[';
            path.insert(
                    0, step.inArray() ? "[" + step.getCurrentIndex() + "]" : step.getCurrentName() + (last ? "" : "."));
        }
        return path.isEmpty() ? "body" : path.toString();
    }

    /** What stood there instead, for nobody but us knows the types that Jackson names. */
    private static String given(JsonProcessingException failure) {
        if (!(failure.getProcessor() instanceof JsonParser parser) || parser.currentToken() == null) {
            return "something else";
        }
        try {
            return switch (parser.currentToken()) {
                case START_OBJECT, END_OBJECT, FIELD_NAME -> "an object";
                case START_ARRAY, END_ARRAY -> "an array";
                case VALUE_STRING -> spell('"' + parser.getText() + '"');
                default -> spell(parser.getText());
            };
        } catch (IOException e) {
            return plain(failure);
        }
    }

    private static String kind(Class<?> type) {
        if (type == null) {
            return "of another type";
        }
        if (type == Long.class || type == long.class || type == Integer.class || type == int.class) {
            return "a whole number of 64 bits";
        }
        if (type == String.class) {
            return "text";
        }
        if (List.class.isAssignableFrom(type)) {
            return "an array";
        }
        return "an object";
    }

    /** The first line of what Jackson says, without the places in the source code that it adds. */
    private static String plain(JsonProcessingException failure) {
        String message = failure.getOriginalMessage();
        return message.split("\n| \\(start marker at ", 2)[0];
    }
}
