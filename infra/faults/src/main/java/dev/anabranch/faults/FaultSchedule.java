package dev.anabranch.faults;

import dev.anabranch.faults.inject.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Which faults happen when: the same for the same seed, kinds and length. Every kind comes once before any comes again, in an
 * order drawn anew each time.
 *
 * @param seed   what it was drawn from
 * @param faults in the order in which they are to begin
 */
public record FaultSchedule(long seed, List<Planned> faults) {
    /**
     * A fault that is to happen.
     *
     * @param at    when it is to begin, from the start of the round
     * @param kind  what happens
     * @param lasts how long, from its injection to its end
     * @param seed  what its details are drawn from
     */
    public record Planned(Duration at, Kind kind, Duration lasts, long seed) {}

    /** What is due for so long is not overtaken any more by what it does not bear. */
    static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    public FaultSchedule {
        faults = List.copyOf(faults);
    }

    /**
     * The first of {@code pending} that is due and bears all that is under way. The first to wait for long is waited for:
     * else what little bears, such as a kill of the broker, would have to wait for the end of the round.
     */
    static Optional<Planned> next(List<Planned> pending, List<Kind> underWay, Duration now) {
        List<Kind> toBear = new ArrayList<>(underWay);
        boolean waitedFor = false;
        for (Planned planned : pending) {
            if (planned.at().compareTo(now) > 0) {
                return Optional.empty();
            }
            if (toBear.stream().allMatch(planned.kind()::bears)) {
                return Optional.of(planned);
            }
            if (!waitedFor && planned.at().plus(LONGEST_WAIT).compareTo(now) <= 0) {
                toBear.add(planned.kind());
                waitedFor = true;
            }
        }
        return Optional.empty();
    }

    /**
     * @param length of the round
     * @param apart  how far apart faults begin, on average
     */
    public static FaultSchedule of(long seed, List<Kind> kinds, Duration length, Duration apart) {
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("A schedule must have a kind of fault, got none");
        }
        Random random = new Random(seed);
        List<Planned> faults = new ArrayList<>();
        List<Kind> cycle = new ArrayList<>();
        Duration at = Duration.ZERO;
        while (true) {
            if (cycle.isEmpty()) {
                cycle.addAll(kinds);
                Collections.shuffle(cycle, random);
            }
            Kind kind = cycle.remove(0);
            at = at.plusMillis((long) (2 * apart.toMillis() * random.nextDouble()));
            if (at.compareTo(length) >= 0) {
                return new FaultSchedule(seed, faults);
            }
            long spread = kind.longest().minus(kind.shortest()).toMillis();
            Duration lasts = kind.shortest().plusMillis((long) (spread * random.nextDouble()));
            faults.add(new Planned(at, kind, lasts, random.nextLong()));
        }
    }
}
