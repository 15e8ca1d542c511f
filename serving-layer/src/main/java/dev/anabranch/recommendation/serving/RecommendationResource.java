package dev.anabranch.recommendation.serving;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anabranch.event.EventType;
import dev.anabranch.event.EventType.Violation;
import dev.anabranch.recommendation.History;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.recommendation.RecommendationViews;
import dev.anabranch.recommendation.Wanted;
import dev.anabranch.serving.Missing;
import dev.anabranch.serving.Problem;
import dev.anabranch.serving.Refused;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** What should this user see? */
@Path("/v1")
@Tag(name = "recommendations", description = "What should somebody see next?")
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public class RecommendationResource {
    private static final int USUAL = 10;
    private static final int MOST = 1_000;
    private static final int MOST_USERS = 100;
    private static final int MOST_ITEMS = 100;
    private static final String IDENTIFIER_RULE = "must have 1 to 256 characters and no control characters";
    private static final String FILTER_RULE = "must be <attribute>:<value>";

    private final Recommending recommending;
    private final Estimating estimating;

    RecommendationResource(Recommending recommending, Estimating estimating) {
        this.recommending = recommending;
        this.estimating = estimating;
    }

    /** @param strength what it says of the visitor's taste, in views; 1 when absent */
    @Schema(name = "VisitedItem")
    public record Visited(
            @NotNull(message = "must be given") String itemId,
            @Schema(description = "In views; 1 when absent") Double strength) {}

    /**
     * A visit without a name.
     *
     * @param items       what was turned to, each once
     * @param n           how many items are wanted; 10 when absent
     * @param context     where; everywhere when absent
     * @param excludeSeen whether those items are left out; true when absent
     * @param filter      what items must be like, by attribute
     */
    public record Visit(
            @NotNull(message = "must be given") @Size(min = 1, max = History.MOST, message = "must name 1 to 200 items")
            List<@NotNull(message = "must be given") @Valid Visited> items,

            Integer n,
            String context,
            Boolean excludeSeen,
            Map<String, String> filter) {}

    /**
     * Several users.
     *
     * @param users       whom
     * @param n           how many items are wanted for each, or for the group; 10 when absent
     * @param context     where; everywhere when absent
     * @param excludeSeen whether what they turned to is left out; true when absent
     * @param filter      what items must be like, by attribute
     */
    public record Users(
            @NotNull(message = "must be given") @Size(min = 1, max = MOST_USERS, message = "must name 1 to 100 users")
            List<@NotNull(message = "must be given") String> users,

            Integer n,
            String context,
            Boolean excludeSeen,
            Map<String, String> filter) {}

    /** @param answers one for each user, in the order they were named */
    public record ForUsers(List<Recommendations> answers) {}

    /** What one of the user's own items adds. */
    @Schema(name = "RecommendationReason")
    public record Reason(String itemId, double adds) {}

    /**
     * Why an item.
     *
     * @param estimate what the user's vector makes of the item
     * @param reasons  what each of the user's own items adds to it, the most first; they add up to it
     * @param items    the vectors it is by
     */
    public record Because(
            String user, String item, double estimate, List<Reason> reasons, Recommendations.Version items) {}

    /** @param estimate absent when the item has no vector */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Estimate(String itemId, Double estimate) {}

    /** What the user's vector makes of each item. */
    public record Estimates(String user, List<Estimate> estimates) {}

    @GET
    @Path("/recommendations/{user}")
    @Operation(
            summary = "Items for a user",
            description = "Personal as of the user's last interaction. For a user of whom nothing is known: what trends"
                    + " in the context, and the answer says so. What is answered is written down as shown, and what the"
                    + " user turns to within a day counts for what ranked it.")
    @APIResponse(
            responseCode = "200",
            description = "Items, the best first",
            content = @Content(schema = @Schema(implementation = Recommendations.class)))
    @APIResponse(
            responseCode = "400",
            description = "A rule is broken",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "503",
            description = "A view is still being read; try again",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Uni<Recommendations> forUser(
            @RestPath String user,
            @Parameter(description = "How many items, 1 to 1000; 10 when absent") @RestQuery String n,
            @Parameter(description = "Whether what the user turned to is left out; true when absent")
                    @RestQuery("exclude-seen")
                    String excludeSeen,
            @Parameter(description = "Where, such as a site; everywhere when absent") @RestQuery String context,
            @Parameter(description = "What items must be like, <attribute>:<value>; more than one may be given")
                    @RestQuery
                    List<String> filter,
            @Parameter(
                            description =
                                    "Whether nobody is shown this, so that it does not count for what ranked it; false"
                                            + " when absent")
                    @RestQuery
                    String preview,
            @Context UriInfo uri) {
        only(uri, Set.of("n", "exclude-seen", "context", "filter", "preview"));
        return recommending.forUser(
                identifier("user", user),
                context(context),
                new Wanted(number(n), flag("exclude-seen", excludeSeen, true), filters(filter)),
                flag("preview", preview, false));
    }

    @POST
    @Path("/recommendations")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Items for a visit without a name",
            description = "The visitor's vector is folded in from the items of the visit; nothing is stored.")
    @APIResponse(
            responseCode = "200",
            description = "Items, the best first",
            content = @Content(schema = @Schema(implementation = Recommendations.class)))
    @APIResponse(
            responseCode = "400",
            description = "Not JSON, a rule is broken, or nothing is known of an item",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Uni<Recommendations> forVisit(@NotNull(message = "must be given") @Valid Visit visit) {
        Map<String, Double> strengths = new LinkedHashMap<>();
        List<Violation> broken = new ArrayList<>();
        double most = RecommendationEvents.MOST_STRENGTH / (double) RecommendationEvents.ONE;
        for (int i = 0; i < visit.items().size(); i++) {
            Visited item = visit.items().get(i);
            double strength = item.strength() == null ? 1 : item.strength();
            if (!EventType.isIdentifier(item.itemId())) {
                broken.add(new Violation("items[" + i + "].itemId", IDENTIFIER_RULE, "'" + item.itemId() + "'"));
            } else if (!(strength > 0 && strength <= most)) {
                broken.add(new Violation(
                        "items[" + i + "].strength", "must be above 0 and at most " + most, String.valueOf(strength)));
            } else if (strengths.put(item.itemId(), strength) != null) {
                broken.add(new Violation("items[" + i + "].itemId", "must be named once", "'" + item.itemId() + "'"));
            }
        }
        if (!broken.isEmpty()) {
            throw new Refused(broken);
        }
        return recommending.forVisit(
                strengths, context(visit.context()), wanted(visit.n(), visit.excludeSeen(), visit.filter()));
    }

    @POST
    @Path("/recommendations/users")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Items for each of up to 100 users", description = "Each as if asked alone.")
    @APIResponse(
            responseCode = "200",
            description = "An answer for each, in the order they were named",
            content = @Content(schema = @Schema(implementation = ForUsers.class)))
    public Uni<ForUsers> forUsers(@NotNull(message = "must be given") @Valid Users users) {
        named(users);
        Wanted wanted = wanted(users.n(), users.excludeSeen(), users.filter());
        List<Uni<Recommendations>> answers = users.users().stream()
                .map(user -> recommending.forUser(user, context(users.context()), wanted, false))
                .toList();
        return Uni.join().all(answers).andFailFast().map(ForUsers::new);
    }

    @POST
    @Path("/recommendations/group")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Items for several users together",
            description = "Each item has the mean of the reciprocals of its places in the members' own answers.")
    @APIResponse(
            responseCode = "200",
            description = "Items, the best first",
            content = @Content(schema = @Schema(implementation = Recommendations.class)))
    public Uni<Recommendations> forGroup(@NotNull(message = "must be given") @Valid Users users) {
        named(users);
        return recommending.forGroup(
                users.users(), context(users.context()), wanted(users.n(), users.excludeSeen(), users.filter()));
    }

    @GET
    @Path("/recommendations/{user}/because/{item}")
    @Operation(
            summary = "Which of the user's own items speak for an item",
            description = "What each adds to the estimate; the parts add up.")
    @APIResponse(
            responseCode = "200",
            description = "The reasons, the greatest first",
            content = @Content(schema = @Schema(implementation = Because.class)))
    @APIResponse(
            responseCode = "404",
            description = "There are no item vectors, none of the item, or none of what the user turned to",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Uni<Because> because(@RestPath String user, @RestPath String item) {
        identifier("user", user);
        identifier("item", item);
        return estimating.because(user, item).map(found -> {
            Estimating.Because because =
                    found.orElseThrow(() -> new Missing("No item vector speaks for or against '" + item + "' for user '"
                            + user + "': there are none yet, none of the item, or none of what the user turned to"));
            return new Because(
                    user,
                    item,
                    because.estimate(),
                    because.parts().entrySet().stream()
                            .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                            .map(e -> new Reason(e.getKey(), e.getValue()))
                            .toList(),
                    Recommending.version(because.by()));
        });
    }

    @GET
    @Path("/recommendations/{user}/estimate/{items}")
    @Operation(
            summary = "What a user would make of items",
            description = "The product of the user's vector and each item's; items are separated by commas.")
    @APIResponse(
            responseCode = "200",
            description = "An estimate for each item that has a vector",
            content = @Content(schema = @Schema(implementation = Estimates.class)))
    @APIResponse(
            responseCode = "404",
            description = "There are no item vectors, or none of what the user turned to",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Uni<Estimates> estimate(@RestPath String user, @RestPath String items) {
        identifier("user", user);
        List<String> asked = Arrays.asList(items.split(",", -1));
        if (asked.size() > MOST_ITEMS) {
            throw new Refused("items", "must be at most " + MOST_ITEMS, String.valueOf(asked.size()));
        }
        asked.forEach(item -> identifier("items", item));
        return estimating
                .estimates(user, asked)
                .map(found -> new Estimates(
                        user,
                        found
                                .orElseThrow(() -> new Missing("There is no vector of user '" + user
                                        + "': there are no item vectors yet, or none of what the user turned to"))
                                .entrySet()
                                .stream()
                                .map(e -> new Estimate(e.getKey(), e.getValue()))
                                .toList()));
    }

    @GET
    @Path("/items/{item}/similar")
    @Operation(
            summary = "Items like an item",
            description = "By the angle between their vectors, and by how often one followed the other in a visit.")
    @APIResponse(
            responseCode = "200",
            description = "Items, the most like it first",
            content = @Content(schema = @Schema(implementation = Recommendations.class)))
    @APIResponse(
            responseCode = "404",
            description = "Nothing is known of the item",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Uni<Recommendations> similar(
            @RestPath String item, @RestQuery String n, @RestQuery List<String> filter, @Context UriInfo uri) {
        only(uri, Set.of("n", "filter"));
        return recommending
                .similar(identifier("item", item), new Wanted(number(n), false, filters(filter)))
                .map(found -> found.orElseThrow(() -> new Missing("Nothing is known of item '" + item + "'")));
    }

    @GET
    @Path("/items/trending")
    @Operation(summary = "What trends", description = "Interactions, of which each counts half after every six hours.")
    @APIResponse(
            responseCode = "200",
            description = "Items, the most popular first",
            content = @Content(schema = @Schema(implementation = Recommendations.class)))
    public Uni<Recommendations> trending(
            @RestQuery String n, @RestQuery String context, @RestQuery List<String> filter, @Context UriInfo uri) {
        only(uri, Set.of("n", "context", "filter"));
        return recommending.trending(context(context), new Wanted(number(n), false, filters(filter)));
    }

    /** A misspelt parameter would be another question. */
    private static void only(UriInfo uri, Set<String> known) {
        uri.getQueryParameters().forEach((name, values) -> {
            if (!known.contains(name)) {
                throw new Refused(
                        name,
                        "is not known; known are " + known.stream().sorted().toList(),
                        String.join(", ", values));
            }
            if (values.size() > 1 && !name.equals("filter")) {
                throw new Refused(name, "must be given once", String.join(", ", values));
            }
        });
    }

    private static void named(Users users) {
        for (int i = 0; i < users.users().size(); i++) {
            identifier("users[" + i + "]", users.users().get(i));
        }
    }

    private static Wanted wanted(Integer n, Boolean excludeSeen, Map<String, String> filter) {
        return new Wanted(
                n == null ? USUAL : inRange(n, String.valueOf(n)),
                excludeSeen == null || excludeSeen,
                filter == null ? Map.of() : filter);
    }

    private static int number(String given) {
        if (given == null) {
            return USUAL;
        }
        return inRange(given.matches("\\d{1,9}") ? Integer.parseInt(given) : 0, "'" + given + "'");
    }

    private static int inRange(int n, String given) {
        if (n < 1 || n > MOST) {
            throw new Refused("n", "must be between 1 and " + MOST, given);
        }
        return n;
    }

    private static boolean flag(String field, String given, boolean usual) {
        if (given != null && !given.equals("true") && !given.equals("false")) {
            throw new Refused(field, "must be true or false", "'" + given + "'");
        }
        return given == null ? usual : given.equals("true");
    }

    private static String context(String given) {
        return given == null || given.isEmpty() ? RecommendationViews.EVERYWHERE : identifier("context", given);
    }

    private static Map<String, String> filters(List<String> given) {
        Map<String, String> filters = new LinkedHashMap<>();
        for (String each : given) {
            int colon = each.indexOf(':');
            if (colon < 1 || colon == each.length() - 1) {
                throw new Refused("filter", FILTER_RULE, "'" + each + "'");
            }
            filters.put(each.substring(0, colon), each.substring(colon + 1));
        }
        return filters;
    }

    private static String identifier(String field, String given) {
        if (!EventType.isIdentifier(given)) {
            throw new Refused(field, IDENTIFIER_RULE, "'" + given + "'");
        }
        return given;
    }
}
