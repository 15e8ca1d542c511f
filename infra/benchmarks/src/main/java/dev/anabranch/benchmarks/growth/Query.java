package dev.anabranch.benchmarks.growth;

import dev.anabranch.benchmarks.Contender;
import dev.anabranch.benchmarks.kernels.OneEntity;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.view.Reading;
import dev.anabranch.view.ViewReader;
import java.util.HashMap;
import java.util.Map;

/** Readings of one entity, as the serving layer makes them. A piece of work is how many tiles its row has. */
public final class Query implements Contender.OfMany {
    private static final int READINGS = 2_000;
    private static final int HOURS = 48;
    private static final long HOUR_MILLIS = 3_600_000;

    private final Map<String, ViewReader<CustomerActivity>> readers = new HashMap<>();

    public Query(String... arguments) {}

    @Override
    public Contender.Work round(String tiles) {
        ViewReader<CustomerActivity> reader = readers.computeIfAbsent(
                tiles,
                some -> new ViewReader<>(
                        OneEntity.VIEW,
                        OneEntity.batch(
                                Integer.parseInt(some), OneEntity.VIEW.kept().toMillis()),
                        OneEntity.speed(0)));
        long digest = 0;
        for (int i = 0; i < READINGS; i++) {
            // At one hour after the other, so that the edges of the windows lie among other tiles each time: all three
            // of them.
            long at = OneEntity.NOW + i % HOURS * HOUR_MILLIS;
            Reading<CustomerActivity> reading = reader.read(OneEntity.NAME, at);
            digest = 31 * digest + reading.merged().values().hashCode();
        }
        return new Contender.Work(READINGS, digest);
    }
}
