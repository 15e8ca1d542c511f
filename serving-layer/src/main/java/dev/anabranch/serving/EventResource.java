package dev.anabranch.serving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anabranch.event.EventType;
import dev.anabranch.event.EventType.Violation;
import dev.anabranch.usecase.UseCases;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestPath;

/** What happened? Events into the log, answered once Kafka has them. */
@Path("/v1/events")
@Tag(name = "events", description = "Events into the log")
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public class EventResource {
    private static final int MOST_EVENTS = 1_000;

    private final Map<String, EventJson<?>> types = new LinkedHashMap<>();
    private final TopicWriter writer;
    private final ObjectMapper json;
    private final Clock clock;

    EventResource(TopicWriter writer, ObjectMapper json, Clock clock) {
        this.writer = writer;
        this.json = json;
        this.clock = clock;
        for (EventType<?> type : UseCases.events()) {
            if (!type.isDerived()) {
                types.put(type.name(), new EventJson<>(type));
            }
        }
    }

    /**
     * Where an event stands in the log.
     *
     * @param timestamp when the broker appended it, in epoch milliseconds
     */
    @Schema(name = "LogPosition", description = "Where an event stands in the log, for ever")
    public record Appended(String topic, int partition, long offset, long timestamp) {
        static Appended of(RecordMetadata acknowledged) {
            return new Appended(
                    acknowledged.topic(), acknowledged.partition(), acknowledged.offset(), acknowledged.timestamp());
        }
    }

    /** @param positions one for each event, in the order they were given */
    public record Positions(List<Appended> positions) {}

    @POST
    @Path("/{type}")
    @Consumes(MediaType.APPLICATION_JSON)
    @ResponseStatus(201)
    @Operation(
            summary = "Append one event, or an array of up to 1000",
            description = "Every event is checked before any is written: each field of its schema once, with its type,"
                    + " no other field, and the rules of the type. Answers when Kafka has acknowledged all of them.")
    @APIResponse(
            responseCode = "201",
            description = "Written; where each event stands",
            content = @Content(schema = @Schema(implementation = Positions.class)))
    @APIResponse(
            responseCode = "400",
            description = "Not JSON, or a rule is broken; nothing was written",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "404",
            description = "No such event type",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "503",
            description = "Not acknowledged in time; try again",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Uni<Positions> append(
            @Parameter(description = "The event type: transaction, fraud-label") @RestPath String type,
            @RequestBody(
                            description = "An event, or an array of them, with the fields of its Avro schema",
                            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
                    byte[] body)
            throws IOException {
        EventJson<?> reader = types.get(type);
        if (reader == null) {
            throw new Unknown("event type", type, List.copyOf(types.keySet()));
        }
        return append(reader, parse(body));
    }

    private JsonNode parse(byte[] body) throws IOException {
        JsonNode parsed = json.readTree(body);
        if (parsed == null || parsed.isMissingNode()) {
            throw new Refused("body", "must be an object or an array", "nothing");
        }
        return parsed;
    }

    private <E extends SpecificRecord> Uni<Positions> append(EventJson<E> reader, JsonNode body) {
        List<E> events = read(reader, body);
        EventType<E> type = reader.type();
        List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>(events.size());
        for (E event : events) {
            sent.add(writer.append(type.topic(), type.key(event), type.encode(event)));
        }
        CompletableFuture<Positions> positions = CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new))
                .thenApply(all -> new Positions(
                        sent.stream().map(one -> Appended.of(one.join())).toList()));
        return Uni.createFrom().completionStage(positions);
    }

    private <E extends SpecificRecord> List<E> read(EventJson<E> reader, JsonNode body) {
        List<Violation> violations = new ArrayList<>();
        List<E> events = new ArrayList<>();
        long now = clock.millis();
        if (!body.isArray()) {
            reader.read(body, "", now, violations).ifPresent(events::add);
        } else if (body.isEmpty() || body.size() > MOST_EVENTS) {
            throw new Refused("body", "must hold 1 to " + MOST_EVENTS + " events", String.valueOf(body.size()));
        } else {
            for (int i = 0; i < body.size(); i++) {
                reader.read(body.get(i), "[" + i + "].", now, violations).ifPresent(events::add);
            }
        }
        if (!violations.isEmpty()) {
            throw new Refused(violations.subList(0, Math.min(violations.size(), 100)));
        }
        return events;
    }
}
