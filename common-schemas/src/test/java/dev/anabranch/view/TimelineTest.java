package dev.anabranch.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.view.oracle.NaiveFold;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class TimelineTest {
    private static final List<View<CustomerActivity>> VIEWS =
            List.of(ViewFixture.MIXED, ViewFixture.COARSE, ViewFixture.WITHOUT_INVERSE);
    private static final int QUESTIONS = 12;

    @Property(tries = 1000)
    void asKnownThenEqualsTheNaiveFold(@ForAll long seed) {
        Random random = new Random(seed);
        assertEqual(random, Logs.random(random));
    }

    @Property(tries = 300)
    void inALogThatIsNeverLateItEqualsTheNaiveFold(@ForAll long seed) {
        Random random = new Random(seed);
        assertEqual(random, Logs.punctual(random));
    }

    @Property(tries = 300)
    void whereTheClocksOfBrokersWereSetBackItEqualsTheNaiveFold(@ForAll long seed) {
        Random random = new Random(seed);
        List<NaiveFold.Entry> log = new ArrayList<>();
        for (NaiveFold.Entry entry : Logs.random(random)) {
            long arrival = entry.arrivalMillis() - (random.nextInt(4) == 0 ? random.nextInt(500) : 0);
            log.add(new NaiveFold.Entry(entry.position(), arrival, entry.event()));
        }
        assertEqual(random, log);
    }

    /** Questions in the order of time and back, about what was known by position, by arrival, and by any other rule. */
    private static void assertEqual(Random random, List<NaiveFold.Entry> log) {
        View<CustomerActivity> view = VIEWS.get(random.nextInt(VIEWS.size()));
        String entity = Logs.ENTITIES.get(random.nextInt(Logs.ENTITIES.size()));
        Timeline<CustomerActivity> timeline = new Timeline<>(view);
        addTo(timeline, view, log.subList(0, log.size() / 2), entity);
        ask(random, timeline, view, log.subList(0, log.size() / 2), entity);
        addTo(timeline, view, log.subList(log.size() / 2, log.size()), entity); // more may come after an answer
        ask(random, timeline, view, log, entity);
    }

    private static void ask(
            Random random,
            Timeline<CustomerActivity> timeline,
            View<CustomerActivity> view,
            List<NaiveFold.Entry> log,
            String entity) {
        List<Long> moments = new ArrayList<>();
        for (int i = 0; i < QUESTIONS; i++) {
            moments.add(Logs.moment(random, log));
        }
        if (random.nextInt(3) > 0) {
            moments.sort(Comparator.naturalOrder());
        }
        for (long at : moments) {
            Known known = known(random, log);
            assertThat(timeline.read(at, known).values())
                    .as("%s at %d, %s", view, at, known)
                    .isEqualTo(NaiveFold.fold(view, log, known, entity, at));
        }
    }

    private static Known known(Random random, List<NaiveFold.Entry> log) {
        int kind = random.nextInt(8);
        if (log.isEmpty() || kind < 3) {
            return Known.upTo(Logs.progress(random, log));
        }
        NaiveFold.Entry entry = log.get(random.nextInt(log.size()));
        return switch (kind) {
            case 3 -> (position, arrivalMillis) -> position.offset() % 3 != 0;
            case 4 -> Known.before(Position.of("elsewhere", 0, 7), entry.arrivalMillis());
            case 5 -> Known.before(entry.position(), entry.arrivalMillis() + random.nextInt(400) - 200);
            default -> Known.before(entry.position(), entry.arrivalMillis());
        };
    }

    private static void addTo(
            Timeline<CustomerActivity> timeline,
            View<CustomerActivity> view,
            List<NaiveFold.Entry> log,
            String entity) {
        for (NaiveFold.Entry entry : log) {
            view.contributions(entry.position().origin().topic(), entry.event()).stream()
                    .filter(c -> c.entity().equals(entity))
                    .forEach(c -> timeline.add(c, entry.position(), entry.arrivalMillis()));
        }
    }

    @Example
    void aHistoryThatDoesNotFitIsAskedAboutWindowsThatDo() {
        View<CustomerActivity> view = ViewFixture.MIXED;
        Timeline<CustomerActivity> timeline = new Timeline<>(view);
        Origin origin = new Origin("t", 0);
        CustomerActivity half = new CustomerActivity(1, Long.MAX_VALUE / 2);
        for (int i = 0; i < 4; i++) {
            timeline.add(2_000L * i, half, origin, i, 2_000L * i);
        }
        timeline.add(6_001, half, origin, 4, 6_001);
        timeline.add(6_002, half, origin, 5, 6_002);

        Known all = Known.before(new Position(origin, 9), 9_000);
        assertThat(timeline.read(4_050, all).get(0)).isEqualTo(half);
        assertThat(timeline.read(6_002, all).get(0)).isEqualTo(new CustomerActivity(2, Long.MAX_VALUE - 1));
        assertThatThrownBy(() -> timeline.read(6_050, all)).isInstanceOf(ArithmeticException.class);
    }

    @Example
    void anEntityWithoutAHistoryHasEmptyWindows() {
        View<CustomerActivity> view = ViewFixture.MIXED;
        assertThat(new Timeline<>(view).read(10, Known.upTo(Cut.NOTHING))).isEqualTo(WindowValues.empty(view, 10));
    }
}
