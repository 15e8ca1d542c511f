package dev.anabranch.faults.load;

import dev.anabranch.local.check.Api;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Asks one replica after the other about many entities at once, all the time, and as often as it can while a generation is
 * being published: that is when an answer is most easily wrong.
 */
public final class Hammer {
    private static final int ENTITIES = 40;
    private static final int QUIET_TURNS = 8;
    private static final int MOST_UNDER_WAY = 4;

    private final List<Api> replicas;
    private final Map<String, List<String>> entities;
    private final BooleanSupplier publishing;
    private final Verification verification;
    private final Random random;
    private final AtomicInteger underWay = new AtomicInteger();
    private int turn;

    /**
     * @param entities   by view
     * @param sampled    those of them whose events are known
     * @param publishing whether a generation is being published now
     */
    public Hammer(
            List<String> addresses,
            Map<String, List<String>> entities,
            Predicate<String> sampled,
            BooleanSupplier publishing,
            Verification verification,
            long seed) {
        this.replicas = addresses.stream().map(Api::new).toList();
        this.entities = new TreeMap<>();
        entities.forEach((view, all) ->
                this.entities.put(view, all.stream().filter(sampled).toList()));
        this.publishing = publishing;
        this.verification = verification;
        this.random = new Random(seed);
    }

    /** One blow, or none if it is not time for one. Called all the time, by one thread. */
    public void strike() {
        turn++;
        boolean due = turn % QUIET_TURNS == 0 || publishing.getAsBoolean();
        if (due && underWay.get() < MOST_UNDER_WAY) {
            Api replica = replicas.get(turn / QUIET_TURNS % replicas.size());
            entities.forEach((view, known) -> ask(replica, view, some(known)));
        }
    }

    private List<String> some(List<String> known) {
        List<String> some = new ArrayList<>();
        int from = random.nextInt(known.size());
        for (int i = 0; i < Math.min(ENTITIES, known.size()); i++) {
            some.add(known.get((from + i) % known.size()));
        }
        return some;
    }

    private void ask(Api replica, String view, List<String> some) {
        underWay.incrementAndGet();
        replica.post("/v1/views/" + view, Map.of("entities", some, "at", System.currentTimeMillis()))
                .whenComplete((answer, error) -> {
                    underWay.decrementAndGet();
                    if (error == null && answer.ok()) {
                        answer.body()
                                .get("answers")
                                .forEach(one -> verification.take(
                                        view, one.get("entity").asText(), one));
                    }
                });
    }
}
