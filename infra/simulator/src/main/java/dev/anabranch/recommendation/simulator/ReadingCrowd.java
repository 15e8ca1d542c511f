package dev.anabranch.recommendation.simulator;

import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.Item;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.simulator.SimulatedEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Users who read what is new and to their taste. Each has a point in a space of topics that wanders a little every day;
 * items are published with a point of their own, age within days, and some are withdrawn. A user comes for a visit of a
 * few items, chosen by how near and how fresh they are, and does more than look where the item is near.
 *
 * <p>The same settings give the same events.
 */
public final class ReadingCrowd implements Iterator<SimulatedEvent<?>> {
    /** The topics, and so the dimensions of taste. */
    public static final List<String> TOPICS =
            List.of("rivers", "trains", "cheese", "stars", "cities", "birds", "music", "sea");

    private static final long MINUTE = Duration.ofMinutes(1).toMillis();
    private static final double DAY = Duration.ofDays(1).toMillis();
    private static final String[] CONTEXTS = {"web", "web", "app", ""};
    private static final String[] MORE = {"like", "bookmark", "comment"};
    private static final double NEARNESS = 3.5;
    private static final double FRESH_DAYS = 3;
    private static final double WITHDRAWN = 0.1;
    private static final int SHORTLIST = 60;
    private static final int MOST_ITEMS = 400;

    private final Settings settings;
    private final Random random;
    private final double[][] tastes;
    private final PriorityQueue<Due> due = new PriorityQueue<>();
    private final List<Published> shelf = new ArrayList<>();
    private long sequence;
    private long events;
    private int published;
    private long tastesOf;

    /**
     * How big, and from when to when.
     *
     * @param seed        of everything random
     * @param users       how many there are
     * @param itemsADay   how many are published a day
     * @param visitsADay  of all users together
     * @param fromMillis  when it begins, in epoch milliseconds
     * @param untilMillis when it ends; no event is at or past it
     */
    public record Settings(
            long seed, int users, double itemsADay, double visitsADay, long fromMillis, long untilMillis) {
        public Settings {
            if (users < 1 || !(itemsADay > 0) || !(visitsADay > 0) || untilMillis <= fromMillis) {
                throw new IllegalArgumentException("A crowd must have users, items and visits in a time that is not"
                        + " empty, got " + users + ", " + itemsADay + ", " + visitsADay + " from " + fromMillis
                        + " until " + untilMillis);
            }
        }
    }

    private record Published(String id, long atMillis, double[] taste) {}

    /** What happens at some moment; of one moment in the order in which it was decided. */
    private record Due(long atMillis, long number, Runnable happens, SimulatedEvent<?> event)
            implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int earlier = Long.compare(atMillis, other.atMillis);
            return earlier != 0 ? earlier : Long.compare(number, other.number);
        }
    }

    public ReadingCrowd(Settings settings) {
        this.settings = settings;
        random = new Random(settings.seed());
        tastes = new double[settings.users()][];
        for (int user = 0; user < tastes.length; user++) {
            tastes[user] = point();
        }
        tastesOf = settings.fromMillis();
        for (int i = 0; i < 20; i++) {
            publish(settings.fromMillis());
        }
        nextItem(settings.fromMillis());
        nextVisit(settings.fromMillis());
    }

    @Override
    public boolean hasNext() {
        while (!due.isEmpty() && due.peek().event() == null) {
            due.remove().happens().run();
        }
        return !due.isEmpty();
    }

    @Override
    public SimulatedEvent<?> next() {
        if (!hasNext()) {
            throw new NoSuchElementException("The crowd has gone home");
        }
        return due.remove().event();
    }

    private void at(long millis, Runnable happens) {
        if (millis < settings.untilMillis()) {
            due.add(new Due(millis, sequence++, happens, null));
        }
    }

    private void at(long millis, SimulatedEvent<?> event) {
        if (millis < settings.untilMillis()) {
            due.add(new Due(millis, sequence++, null, event));
        }
    }

    private long after(long millis, double aDay) {
        return millis + 1 + (long) (-Math.log(1 - random.nextDouble()) * DAY / aDay);
    }

    private void nextItem(long now) {
        long when = after(now, settings.itemsADay());
        at(when, () -> {
            publish(when);
            nextItem(when);
        });
    }

    private void publish(long now) {
        int topic = random.nextInt(TOPICS.size());
        double[] taste = point();
        taste[topic] += 1.5;
        normalize(taste);
        Published item = new Published("a-" + ++published, now, taste);
        shelf.add(item);
        if (shelf.size() > MOST_ITEMS) {
            shelf.remove(0);
        }
        at(now, said(item, now, true, topic));
        if (random.nextDouble() < WITHDRAWN) {
            long gone = after(now, 1.0 / FRESH_DAYS);
            at(gone, () -> {
                shelf.remove(item);
                at(gone, said(item, gone, false, topic));
            });
        }
    }

    private static SimulatedEvent<?> said(Published item, long now, boolean available, int topic) {
        return new SimulatedEvent<>(
                RecommendationEvents.ITEM,
                new Item(
                        item.id() + (available ? "-published" : "-withdrawn"),
                        now,
                        item.id(),
                        available,
                        Map.of("topic", TOPICS.get(topic))));
    }

    private void nextVisit(long now) {
        long when = after(now, settings.visitsADay());
        at(when, () -> {
            visit(when);
            nextVisit(when);
        });
    }

    private void visit(long now) {
        wander(now);
        int user = (int) (settings.users() * Math.pow(random.nextDouble(), 2)); // some come more often than others
        String session = "v-" + ++events;
        String context = CONTEXTS[random.nextInt(CONTEXTS.length)];
        String before = "";
        long when = now;
        do {
            if (shelf.isEmpty()) {
                return;
            }
            Published item = choose(tastes[user], when);
            double near = dot(tastes[user], item.taste());
            before = done(user, item, session, "view", 1_000, context, before, when);
            if (random.nextDouble() < Math.max(0, near) * 0.4) {
                when += 1 + random.nextInt((int) (2 * MINUTE));
                done(user, item, session, MORE[random.nextInt(MORE.length)], 2_500, context, "", when);
            }
            when += 1 + random.nextInt((int) (4 * MINUTE));
        } while (random.nextDouble() < 0.7);
    }

    private String done(
            int user,
            Published item,
            String session,
            String type,
            long strength,
            String context,
            String before,
            long when) {
        at(
                when,
                new SimulatedEvent<>(
                        RecommendationEvents.INTERACTION,
                        new Interaction(
                                "e-" + settings.seed() + "-" + ++events,
                                when,
                                "u-" + user,
                                item.id(),
                                session,
                                type,
                                strength,
                                context,
                                before.equals(item.id()) ? "" : before)));
        return item.id();
    }

    /** The best of a few: by nearness, freshness and chance. */
    private Published choose(double[] taste, long now) {
        Published best = null;
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < SHORTLIST; i++) {
            int recent = (int) (shelf.size() * Math.pow(random.nextDouble(), 2));
            Published item = shelf.get(shelf.size() - 1 - recent);
            double gumbel = -Math.log(-Math.log(random.nextDouble() * 0.999 + 0.0005));
            double score =
                    NEARNESS * dot(taste, item.taste()) - (now - item.atMillis()) / DAY / FRESH_DAYS + 0.5 * gumbel;
            if (score > most) {
                most = score;
                best = item;
            }
        }
        return best;
    }

    /** Once a day every taste takes a step. */
    private void wander(long now) {
        if (now - tastesOf < DAY) {
            return;
        }
        tastesOf = now;
        for (double[] taste : tastes) {
            for (int i = 0; i < taste.length; i++) {
                taste[i] += 0.05 * random.nextGaussian();
            }
            normalize(taste);
        }
    }

    private double[] point() {
        double[] point = new double[TOPICS.size()];
        for (int i = 0; i < point.length; i++) {
            point[i] = random.nextGaussian();
        }
        normalize(point);
        return point;
    }

    private static void normalize(double[] point) {
        double length = Math.sqrt(dot(point, point));
        for (int i = 0; i < point.length; i++) {
            point[i] /= length;
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
