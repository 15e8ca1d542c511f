package dev.anabranch.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.view.oracle.NaiveFold;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class TimelineTest {
    @Property(tries = 1000)
    void asKnownByPositionsEqualsTheNaiveFold(@ForAll long seed) {
        Random random = new Random(seed);
        List<NaiveFold.Entry> log = Logs.random(random);
        assertEqual(random, log, Known.upTo(Logs.progress(random, log)));
    }

    @Property(tries = 1000)
    void asKnownByArrivalEqualsTheNaiveFold(@ForAll long seed) {
        Random random = new Random(seed);
        List<NaiveFold.Entry> log = Logs.random(random);
        if (!log.isEmpty()) {
            NaiveFold.Entry entry = log.get(random.nextInt(log.size()));
            assertEqual(random, log, Known.before(entry.position(), entry.arrivalMillis()));
        }
    }

    private static void assertEqual(Random random, List<NaiveFold.Entry> log, Known known) {
        View<CustomerActivity> view = random.nextBoolean() ? ViewFixture.MIXED : ViewFixture.COARSE;
        for (String entity : Logs.ENTITIES) {
            Timeline<CustomerActivity> timeline = new Timeline<>(view);
            for (NaiveFold.Entry entry : log) {
                view.contributions(entry.position().origin().topic(), entry.event()).stream()
                        .filter(c -> c.entity().equals(entity))
                        .forEach(c -> timeline.add(c, entry.position(), entry.arrivalMillis()));
            }
            long at = Logs.moment(random, log);
            assertThat(timeline.read(at, known).values()).isEqualTo(NaiveFold.fold(view, log, known, entity, at));
        }
    }
}
